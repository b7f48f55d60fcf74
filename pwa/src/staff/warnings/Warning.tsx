import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api, type Problem } from '../../core/api'
import { changed, useAsk } from '../../core/ask'
import { useLater } from '../../core/later'
import { grouped } from '../../core/text'
import { Await, Note } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { Finish, Panel, Said, Screen } from '../ui'
import type { Desk, Draft } from './draft'
import { Editor } from './Editor'
import { t } from './text'
import { useTyping } from './typing'
import './warnings.css'

const clashing = () => import('./Clash')
const remembering = () => import('./Past')
const looking = () => import('./Seen')
type Language = 'vi' | 'en' | 'km'

/** One warning at the desk: what is written beside what everybody meets, and the way out. */
export default function Warning() {
  const { id } = useRoute().params as { id: string }
  const asked = useAsk<Desk>(`alert ${id}`, signal => read('GET /api/news/alert-desk/{alert_id}', { alert_id: id }, signal))
  const now = useSignal<Desk>()
  const newest = now.value?.id === id && now.value.version >= (asked.value?.version ?? 0)
  const one = newest ? now.value : asked.value
  // An answer that was overtaken by a later one says nothing.
  const done = (next: Desk) => {
    if (now.peek()?.id !== id || next.version >= now.peek()!.version) now.value = changed(`alert ${id}`, next)
  }
  return (
    <Screen title={one?.draft.vi.headline || t.untitled} lang={one?.draft.vi.headline ? 'vi' : undefined} back={['/staff/warnings', t.title]} lead={one && t.states[one.state]}>
      <Await of={{ ...asked, value: one! }}>{desk => <Work key={desk.id} of={desk} done={done} />}</Await>
    </Screen>
  )
}

function Work({ of: desk, done }: { of: Desk; done: (next: Desk) => void }) {
  const { typed, other, busy, said, unsaved, editable, again, settle, keep, take } = useTyping(desk, done)
  const clash = useLater(clashing, !!other.value)
  const past = useLater(remembering)
  const seen = useLater(looking)
  const wrong = (field: string) => {
    const lack = desk.preview.lacks.find(one => one.field === field && one.why !== 'empty')
    return lack && t.why[lack.why as keyof typeof t.why]
  }
  const changeTo = (next: Draft) => (typed.value = next)
  return (
    <>
      {editable && (
        <p class="hint" role="status">
          {busy.value ? t.saving : unsaved ? t.typed : t.saved}
          {desk.state === 'in-force' && desk.writers.length > 0 && ` · ${t.changed}`}
        </p>
      )}
      <Said text={said.value} />
      {other.value && clash && <clash.Clash there={other.value.draft} here={typed.value} busy={busy.value} keep={keep} take={take} />}
      <div class="warn-desk">
        <div class="stack">
          {editable && desk.state === 'in-force' && <Ending typed={typed.value} change={changeTo} />}
          {editable && <Editor typed={typed} said={wrong} />}
        </div>
        <div class="stack">
          {(desk.acts.length > 1 || desk.state === 'draft') && <Out of={desk} waits={unsaved || busy.value} done={done} again={again} replace={(gone, code) => (typed.value = { ...typed.peek(), communes: [...new Set([...typed.peek().communes.filter(one => one !== gone), code])] })} />}
          {seen && <seen.Seen of={desk} settle={settle} />}
          {past && desk.messages.length > 0 && <past.Messages of={desk} />}
          {past && <past.History of={desk} />}
        </div>
      </div>
    </>
  )
}

function Ending({ typed, change }: { typed: Draft; change: (next: Draft) => void }) {
  const end = () => void import('./templates').then(({ end }) => change(end(typed)))
  return (
    <div class="buttons">
      {typed.clears ? (
        <button class="button" type="button" onClick={() => change({ ...typed, clears: false })}>
          {t.again}
        </button>
      ) : (
        <button class="button" type="button" onClick={end}>
          {t.clear}
        </button>
      )}
    </div>
  )
}

/** What is still in the way, whom it would reach, and the button. */
function Out({ of: desk, waits, done, again, replace }: { of: Desk; waits: boolean; done: (next: Desk) => void; again: () => void; replace: (gone: string, code: string) => void }) {
  const { lacks, devices, inboxes, reader } = desk.preview
  const { busy, said, run } = useDeed()
  const asking = useSignal<'issue' | 'issue-alone'>()
  const act = desk.acts.find(one => one === 'warn' || one === 'update-warning' || one === 'all-clear')
  const go = (how: 'issue' | 'issue-alone' | 'discard', close?: () => void) =>
    run(
      async () => {
        const asked = { alert_id: desk.id, headers: { 'If-Match': `"${desk.version}"` } }
        done(how === 'issue' ? await api('POST /api/news/alert-desk/{alert_id}/issue', asked) : how === 'discard' ? await api('POST /api/news/alert-desk/{alert_id}/discard', asked) : await api('POST /api/news/alert-desk/{alert_id}/issue-alone', asked))
        close?.()
      },
      // Somebody has changed it: that is read before it is sent.
      ({ status }: Problem) => {
        if (status === 412) again()
        return false
      },
    )
  const places = reader.communes.length ? reader.communes.map(one => one.name).join(', ') : t.everywhere
  const ready = act && lacks.length === 0 && !waits
  return (
    <Panel title={t.issue}>
      <p>{t.reach(grouped(devices), grouped(inboxes))}</p>
      {act && lacks.length > 0 && (
        <Note tone="warn" title={t.lacks}>
          <ul class="lacks">
            {lacks.map(lack => (
              <li key={lack.field + lack.why}>
                {fieldName(lack.field)}: {t.why[lack.why as keyof typeof t.why]}
                {lack.gone && <span lang="vi"> ({lack.gone.name})</span>}
                {lack.offers.length > 0 && (
                  <span class="buttons">
                    {lack.offers.map(one => (
                      <button key={one.code} class="button" type="button" onClick={() => replace(lack.gone!.code, one.code)}>
                        {t.instead(one.name)}
                      </button>
                    ))}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Note>
      )}
      <Said text={said.value} />
      {act && desk.needs_second && <p class="hint">{t.second}</p>}
      <div class="buttons">
        {act && !desk.needs_second && (
          <button class="button main" type="button" disabled={!ready || busy.value} onClick={() => (asking.value = 'issue')}>
            {t[act]}
          </button>
        )}
        {act && desk.needs_second && may('news:warn-alone') && (
          <button class="button" type="button" disabled={!ready || busy.value} onClick={() => (asking.value = 'issue-alone')}>
            {t.alone}
          </button>
        )}
        {desk.acts.includes('discard-warning') && (
          <button class="button bad" type="button" disabled={busy.value} onClick={() => void go('discard')}>
            {t.discard}
          </button>
        )}
      </div>
      {asking.value && (
        <Sheet title={act ? t[act] : t.issue} onClose={() => (asking.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void go(asking.value!, close))}>
              <p lang="vi">
                <strong>{reader.texts.vi!.headline}</strong>
              </p>
              <p>{t.sure(grouped(devices), places)}</p>
              {asking.value === 'issue-alone' && <Note tone="warn" title={t.sureAlone} />}
              <Said text={said.value} />
              <Finish busy={busy.value} label={act ? t[act] : t.issue} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </Panel>
  )
}

function fieldName(field: string) {
  const [first, second] = field.split('.') as [string, string | undefined]
  const name = t.fields[(second ?? first) as keyof typeof t.fields]
  return second ? `${name} (${t.languages[first as Language]})` : name
}
