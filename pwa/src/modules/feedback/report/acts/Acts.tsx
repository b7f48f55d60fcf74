import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { api } from '../../../../core/api'
import { useDraft } from '../../../../core/draft'
import { moment } from '../../../../core/moment'
import { More, Note } from '../../../../core/ui'
import { useDeed } from '../../deed'
import { Spoken } from '../../Spoken'
import type { Whole } from '../Report'
import './acts.css'
import { blobOf, Evidence, type Shot } from './Evidence'
import { t } from './text'

/** Characters, as the server counts them. */
const LONGEST = 4000
/** Milliseconds for one photo. */
const PATIENCE = 120_000

type Doing = { of: Whole; set: (now: Whole) => void }

/** What its reporter, and whoever follows it, may do with a report now. */
export default function Acts({ of: one, set }: Doing) {
  return (
    <>
      {one.may_reply && <Tell of={one} set={set} />}
      {one.may_confirm && <Confirm of={one} set={set} />}
      {one.closed_at && one.mine && one.state !== 'merged' && <Rate of={one} set={set} />}
      {one.reopen_until && <Reopen of={one} set={set} />}
    </>
  )
}

/** Words and photos that are said once under an id, however often they are sent; kept as they are typed. */
function useSaying(name: string, key: string) {
  const typed = useDraft<{ id: string; text: string }>(`${name} ${key}`)
  // Apart: they are large, and written down once.
  const shots = useDraft<Shot[]>(`${name} photos ${key}`)
  const first = useSignal(crypto.randomUUID())
  const now = typed.value ?? { id: first.value, text: '' }
  return {
    text: now.text,
    begun: !!(typed.value?.text || shots.value?.length),
    fields: (label: string) => (
      <>
        <Words label={label} text={now.text} set={text => (typed.value = { ...now, text })} />
        <Evidence shots={shots} />
      </>
    ),
    /** The photos first: what is said is whole at once. */
    async send(say: (id: string, body: { text: string; photos: string[] }) => Promise<Whole>) {
      typed.value = now
      const photos = shots.value ?? []
      for (const { id, url } of photos) {
        const asked = { key, photo_id: id, body: blobOf(url) }
        await api('PUT /api/feedback/reports/{key}/evidence/{photo_id}', asked, undefined, PATIENCE)
      }
      const whole = await say(now.id, { text: now.text, photos: photos.map(it => it.id) })
      typed.value = shots.value = undefined
      first.value = crypto.randomUUID()
      return whole
    },
  }
}

function Tell({ of: one, set }: Doing) {
  const saying = useSaying('tell', one.key)
  const said = one.steps.find(step => step.kind === 'asked')?.said ?? ''
  return (
    <Form set={set} label={t.sendReply} text={saying.text} act={() => saying.send((telling, body) => api('PUT /api/feedback/reports/{operation}/more/{telling}', { operation: one.key, telling, body }))}>
      <Note tone="warn" title={t.asked}>
        <Spoken of={said} />
      </Note>
      {saying.fields(t.reply)}
    </Form>
  )
}

/** Four weeks later: a yes ends it, and a no stands right below. */
const Confirm = ({ of: one, set }: Doing) => (
  <Form set={set} label={t.stillFixedYes} act={() => api('PUT /api/feedback/reports/{operation}/still-fixed', { operation: one.key })}>
    <Note tone="warn" title={t.stillFixed}>
      <p>{t.stillFixedText}</p>
    </Note>
  </Form>
)

function Rate({ of: one, set }: Doing) {
  const draft = useDraft<{ rating: number; text: string }>(`rate ${one.key}`)
  const { rating, text } = draft.value ?? { rating: one.rating ?? 0, text: '' }
  const given = rating > 0 && rating !== one.rating
  async function rate() {
    const now = await api('PUT /api/feedback/reports/{operation}/rating', { operation: one.key, body: { rating, text } })
    draft.value = undefined
    return now
  }
  return (
    <Form set={set} label={given && t.sendRating} text={text} act={rate}>
      <fieldset class="stars">
        <legend>
          <h2>{t.rate}</h2>
        </legend>
        {[1, 2, 3, 4, 5].map(n => (
          <label key={n} class={n <= rating ? 'on' : undefined}>
            <input type="radio" name="stars" checked={n === rating} onChange={() => (draft.value = { rating: n, text })} />
            <span aria-hidden="true">★</span>
            <span class="unseen">{t.stars(n)}</span>
          </label>
        ))}
      </fieldset>
      {one.rating && <p role="status">{t.rated(one.rating)}</p>}
      {given && <Words label={t.rateWords} text={text} set={text => (draft.value = { rating, text })} />}
    </Form>
  )
}

function Reopen({ of: one, set }: Doing) {
  const saying = useSaying('reopen', one.key)
  // Whoever deletes what they have begun is still at it.
  const begun = useRef(saying.begun).current
  return (
    <More title={t.notDone} open={begun}>
      <Form set={set} label={t.reopen} text={saying.text} act={() => saying.send((reopening, body) => api('PUT /api/feedback/reports/{key}/reopenings/{reopening}', { key: one.key, reopening, body }))}>
        <p>{t.notDoneText(moment(one.reopen_until!))}</p>
        {saying.fields(t.stillBroken)}
      </Form>
    </More>
  )
}

/** What is asked with it is done with one button; without a `label` there is nothing to be done yet. */
function Form({ act, set, label, text = '', children }: { act: () => Promise<Whole>; set: Doing['set']; label: string | false; text?: string; children: ComponentChildren }) {
  const { busy, said, run } = useDeed()
  function go() {
    if ([...text].length > LONGEST) said.value = t.tooLong
    else if (label) void run(async () => set(await act()))
  }
  return (
    <form class="form section" onSubmit={event => (event.preventDefault(), go())}>
      {children}
      {label && (
        <>
          <p class="said" role="alert">
            {said.value}
          </p>
          <button class="button main" type="submit" disabled={busy.value}>
            {label}
          </button>
        </>
      )}
    </form>
  )
}

const Words = ({ label, text, set }: { label: string; text: string; set: (text: string) => void }) => (
  <label class="field">
    <span class="strong">{label}</span>
    <textarea class="input" rows={3} value={text} onInput={event => set(event.currentTarget.value)} />
  </label>
)
