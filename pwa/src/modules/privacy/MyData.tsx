import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDraft } from '../../core/draft'
import { moment } from '../../core/moment'
import { save } from '../../core/save'
import { day } from '../../core/text'
import { Await, Choices, Icon, Note } from '../../core/ui'
import { check, download } from '../../core/ui/icons'
import '../identity/identity.css'
import { Sheet } from '../../core/ui/Sheet'
import { SignedIn } from '../identity/SignedIn'
import { t as signing } from '../identity/text'
import './privacy.css'
import { t } from './text'

type Request = Reply<'GET /api/privacy/requests'>['items'][number]
type Kind = Request['kind']
type Days = Reply<'GET /api/privacy/requests'>['days']
type Typed = { kind: Exclude<Kind, 'copy'>; note: string }

const said = (cause: unknown) => () => (cause instanceof Problem && !cause.offline ? cause.said.title ?? cause.message : signing.noLine)

export default function MyData() {
  const requests = useAsk('requests', signal => api('GET /api/privacy/requests', {}, signal))
  return (
    <SignedIn title={t.data} path="/account/data" back={['/account/privacy', t.title]}>
      <Await of={requests}>{({ items, days }) => <Whole items={items} days={days} again={requests.again} />}</Await>
    </SignedIn>
  )
}

/** Sends a request once, however often the button is pressed or the line breaks: the key is new only when it was received. */
function useAsking(again: () => void) {
  const key = useRef(crypto.randomUUID())
  const busy = useSignal(false)
  const problem = useSignal<(() => string) | undefined>(undefined)
  const ask = async (kind: Kind, note: string) => {
    if (busy.value) return false
    busy.value = true
    problem.value = undefined
    try {
      await api('POST /api/privacy/requests', { headers: { 'Idempotency-Key': key.current }, body: { kind, note } })
      key.current = crypto.randomUUID()
      return true
    } catch (cause) {
      problem.value = said(cause)
      return false
    } finally {
      busy.value = false
      again()
    }
  }
  return { ask, busy, problem }
}

function Whole({ items, days, again }: { items: Request[]; days: Days; again: () => void }) {
  const making = items.some(one => one.kind === 'copy' && one.state === 'open')
  const ready = items.find(one => one.file_until)
  useEffect(() => {
    if (!making) return
    const turn = setInterval(again, 3000)
    return () => clearInterval(turn)
  }, [making])
  return (
    <>
      <Copy making={making} ready={ready} again={again} />
      <Ask days={days} again={again} />
      <section class="section">
        <h2>{t.asked}</h2>
        {items.length ? (
          <ul class="rows">
            {items.map(one => (
              <Asked key={one.id} of={one} again={again} />
            ))}
          </ul>
        ) : (
          <p class="hint">{t.askedNone}</p>
        )}
      </section>
    </>
  )
}

function Copy({ making, ready, again }: { making: boolean; ready: Request | undefined; again: () => void }) {
  const { ask, busy, problem } = useAsking(again)
  async function take(id: string) {
    problem.value = undefined
    try {
      save(await api('GET /api/privacy/requests/{request_id}/file', { request_id: id }), 'du-lieu-cua-toi.zip')
    } catch (cause) {
      problem.value = said(cause)
    }
  }
  return (
    <section class="card">
      <h2>{t.copy}</h2>
      <p>{t.copyText}</p>
      {ready && !making ? (
        <>
          <button class="button main" type="button" onClick={() => void take(ready.id)}>
            <Icon of={download} />
            {t.take}
          </button>
          <p class="hint">{t.takeUntil(moment(ready.file_until!))}</p>
        </>
      ) : (
        <button class="button main" type="button" disabled={making || busy.value} onClick={() => void ask('copy', '')}>
          {making || busy.value ? t.making : t.makeCopy}
        </button>
      )}
      <p class="unseen" role="status">
        {making ? t.making : ready ? t.takeUntil(moment(ready.file_until!)) : ''}
      </p>
      <p class="said" role="alert">
        {problem.value?.()}
      </p>
    </section>
  )
}

function Ask({ days, again }: { days: Days; again: () => void }) {
  // In this tab under its owner's id, until it is sent or they sign out: a cheap phone closes tabs, and nobody writes twice.
  // The officer's answer depends on it, and whoever holds the tab holds the session too.
  const draft = useDraft<Typed>('about my data')
  const { ask, busy, problem } = useAsking(again)
  const sent = useSignal(false)
  const sure = useSignal(false)
  const { kind, note } = draft.value ?? { kind: 'correction', note: '' }
  const set = (part: Partial<Typed>) => {
    sent.value = false
    problem.value = undefined
    draft.value = { kind, note, ...part }
  }
  async function send() {
    if (kind !== 'erasure' && !note.trim()) return void (problem.value = () => t.noteNeeded)
    if (await ask(kind, note.trim())) {
      draft.value = undefined
      sent.value = true
    }
  }
  return (
    <section class="section">
      <h2>{t.ask}</h2>
      <form class="steps" onSubmit={event => (event.preventDefault(), kind === 'erasure' ? (sure.value = true) : void send())}>
        <Choices legend={t.askLegend} name="kind" value={kind} onChange={next => set({ kind: next })} of={(['correction', 'stop', 'erasure'] as const).map(value => ({ value, label: t.kind[value] }))} />
        {kind === 'erasure' && <Note tone="warn">{t.erasureWarn}</Note>}
        <div class="field">
          <label for="note">{t.note[kind]}</label>
          <textarea class="input" id="note" rows={4} maxLength={2000} value={note} aria-invalid={problem.value ? true : undefined} aria-describedby="note-said" onInput={event => set({ note: event.currentTarget.value })} />
          <p class="said" id="note-said" role="alert">
            {problem.value?.()}
          </p>
        </div>
        <p class="hint">{t.within(days[kind])}</p>
        <button class="button main full" type="submit" disabled={busy.value}>
          {busy.value ? t.sending : t.send}
        </button>
        <div role="status">
          {sent.value && (
            <Note tone="good" icon={check}>
              {t.sent}
            </Note>
          )}
        </div>
      </form>
      {sure.value && (
        <Sheet title={t.sure} onClose={() => (sure.value = false)}>
          {close => (
            <>
              <p>{t.erasureWarn}</p>
              <p>{t.within(days.erasure)}</p>
              <button class="button main full" type="button" onClick={() => (close(), void send())}>
                {t.sureYes}
              </button>
              <button class="button full" type="button" onClick={close}>
                {t.sureNo}
              </button>
            </>
          )}
        </Sheet>
      )}
    </section>
  )
}

const tones = { open: 'water', done: 'good', refused: 'warn', withdrawn: '' }

function Asked({ of: one, again }: { of: Request; again: () => void }) {
  const problem = useSignal<(() => string) | undefined>(undefined)
  const here = useRef<HTMLLIElement>(null)
  const withdraw = () =>
    api('DELETE /api/privacy/requests/{request_id}', { request_id: one.id })
      .catch(cause => (problem.value = said(cause)))
      .then(again)
      // The button goes, and whoever pressed it with a key stays here.
      .then(() => here.current?.focus())
  return (
    <li class="asked" tabIndex={-1} ref={here}>
      <p class="strong">{t.kind[one.kind]}</p>
      <p class="facts-line">
        <span class={`tag ${tones[one.state]}`}>{t.state[one.state]}</span>
        <span>{t.on(day(one.received_at))}</span>
      </p>
      {one.note && <p class="said-by-me">{one.note}</p>}
      {one.state === 'open' && <p class="hint">{t.due(day(new Date(Date.parse(one.due_at) - 1).toISOString()))}</p>}
      {one.answer && (
        <p>
          {t.answer} {one.answer}
        </p>
      )}
      {one.state === 'open' && (
        <button class="button" type="button" onClick={() => void withdraw()}>
          {t.withdraw}
          <span class="unseen">: {t.kind[one.kind]}</span>
        </button>
      )}
      <p class="said" role="alert">
        {problem.value?.()}
      </p>
    </li>
  )
}
