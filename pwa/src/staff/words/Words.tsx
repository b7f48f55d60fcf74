import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, type Reply } from '../../core/api'
import { useDraft } from '../../core/draft'
import { Icon } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Find } from '../Find'
import { plus } from '../icons'
import { usePages } from '../pages'
import { Field, Finish, Nothing, Pages, Panel, Said, Screen } from '../ui'
import { t } from './text'

type Word = Reply<'PUT /api/catalogue/desk/words/{word_id}'>

const blank = (): Word => ({ id: crypto.randomUUID(), said: [], official: [], procedures: [], version: 0 })

/** What people say for what the titles say: by these words the search finds. */
export default function Words() {
  const { query } = useLocation()
  const { q = '' } = query as { q?: string }
  const found = usePages<Word>(`words ${q}`, (cursor, signal) => read('GET /api/catalogue/desk/words', { q, limit: 50, cursor }, signal))
  const open = useSignal<Word | undefined>(undefined)
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      narrow
      actions={
        <button class="button main" type="button" onClick={() => (open.value = blank())}>
          <Icon of={plus} />
          {t.add}
        </button>
      }
    >
      <Find at="/staff/words" q={q} label={t.find} />
      <Pages
        of={found}
        empty={
          <Nothing title={t.nothing}>
            <p>{t.nothingText}</p>
          </Nothing>
        }
      >
        {words => (
          <Panel title={t.list}>
            <ul class="acts" lang="vi">
              {words.map(one => (
                <li key={one.id}>
                  <p>
                    <strong>{one.said.join(' · ')}</strong>
                    <span class="hint">{[...one.official, ...one.procedures.map(({ code, title }) => `${code} ${title}`)].join(' · ')}</span>
                  </p>
                  <button class="button" type="button" onClick={() => (open.value = one)}>
                    <span lang={document.documentElement.lang}>{t.edit}</span>
                    <span class="unseen">{` ${one.said[0]}`}</span>
                  </button>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </Pages>
      {open.value && <Edit key={open.value.id} of={open.value} leave={() => (open.value = undefined)} done={found.again} />}
    </Screen>
  )
}

type Typed = { said: string; codes: string; official: string }
const lines = (text: string) => text.split('\n').map(one => one.trim()).filter(Boolean)

function Edit({ of: one, leave, done }: { of: Word; leave: () => void; done: () => void }) {
  const draft = useDraft<Typed>(`word ${one.version ? one.id : 'new'}`)
  const now = draft.value ?? { said: one.said.join('\n'), codes: one.procedures.map(({ code }) => code).join('\n'), official: one.official.join('\n') }
  const { busy, said, run } = useDeed()
  const after = (close: () => void, deed: () => Promise<unknown>) =>
    run(async () => {
      await deed()
      draft.value = undefined
      close()
      done()
    })
  const save = () => api('PUT /api/catalogue/desk/words/{word_id}', { word_id: one.id, headers: { 'If-Match': `"${one.version}"` }, body: { said: lines(now.said), codes: lines(now.codes), official: lines(now.official) } })
  const field = (name: keyof Typed, label: string, hint: string, rows: number) => (
    <Field label={label} hint={hint}>
      {is => <textarea {...is} class="input" lang="vi" rows={rows} required={name === 'said'} value={now[name]} onInput={event => (draft.value = { ...now, [name]: event.currentTarget.value })} />}
    </Field>
  )
  return (
    <Sheet title={one.version ? t.change : t.add} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void after(close, save))}>
          {field('said', t.said, t.saidHint, 4)}
          {field('codes', t.codes, t.codesHint, 3)}
          {field('official', t.official, t.officialHint, 2)}
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.save} leave={close}>
            {one.version > 0 && (
              <button class="button bad" type="button" disabled={busy.value} onClick={() => void after(close, () => api('DELETE /api/catalogue/desk/words/{word_id}', { word_id: one.id }))}>
                {t.remove}
              </button>
            )}
          </Finish>
        </form>
      )}
    </Sheet>
  )
}
