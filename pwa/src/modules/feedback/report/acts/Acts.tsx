import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { api } from '../../../../core/api'
import { moment } from '../../../../core/moment'
import { More, Note } from '../../../../core/ui'
import { useDeed } from '../../deed'
import type { Whole } from '../Report'
import { t } from './text'

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

function Tell({ of: one, set }: Doing) {
  const text = useSignal('')
  // Sent again it is told once.
  const telling = useSignal(crypto.randomUUID())
  const question = one.steps.find(step => step.kind === 'asked')
  return (
    <Form set={set} label={t.sendReply} act={() => api('PUT /api/feedback/reports/{operation}/more/{telling}', { operation: one.key, telling: telling.value, body: { text: text.value } })}>
      <Note tone="warn" title={t.asked}>
        <p class="words" lang="vi">
          {question?.said}
        </p>
      </Note>
      <Words label={t.reply} text={text} />
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
  const stars = useSignal(one.rating ?? 0)
  const text = useSignal('')
  const given = stars.value > 0 && stars.value !== one.rating
  return (
    <Form set={set} label={given && t.sendRating} act={() => api('PUT /api/feedback/reports/{operation}/rating', { operation: one.key, body: { rating: stars.value, text: text.value } })}>
      <fieldset class="stars">
        <legend>
          <h2>{t.rate}</h2>
        </legend>
        {[1, 2, 3, 4, 5].map(n => (
          <label key={n} class={n <= stars.value ? 'on' : undefined}>
            <input type="radio" name="stars" checked={n === stars.value} onChange={() => (stars.value = n)} />
            <span aria-hidden="true">★</span>
            <span class="unseen">{t.stars(n)}</span>
          </label>
        ))}
      </fieldset>
      {one.rating && <p role="status">{t.rated(one.rating)}</p>}
      {given && <Words label={t.rateWords} text={text} />}
    </Form>
  )
}

function Reopen({ of: one, set }: Doing) {
  const text = useSignal('')
  return (
    <More title={t.notDone}>
      <Form set={set} label={t.reopen} act={() => api('POST /api/feedback/reports/{key}/reopen', { key: one.key, body: { text: text.value } })}>
        <p>{t.notDoneText(moment(one.reopen_until!))}</p>
        <Words label={t.stillBroken} text={text} />
      </Form>
    </More>
  )
}

/** What is asked with it is done with one button; without a `label` there is nothing to be done yet. */
function Form({ act, set, label, children }: { act: () => Promise<Whole>; set: Doing['set']; label: string | false; children: ComponentChildren }) {
  const { busy, said, run } = useDeed()
  return (
    <form class="form section" onSubmit={event => (event.preventDefault(), label && void run(async () => set(await act())))}>
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

const Words = ({ label, text }: { label: string; text: { value: string } }) => (
  <label class="field">
    <span class="strong">{label}</span>
    <textarea class="input" rows={3} maxLength={2000} value={text.value} onInput={event => (text.value = event.currentTarget.value)} />
  </label>
)
