import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../../../../core/api'
import { useDraft } from '../../../../core/draft'
import { recall } from '../../../../core/memory'
import { moment } from '../../../../core/moment'
import { plain } from '../../../../core/plain'
import { screen } from '../../../../core/screen'
import { More, Note } from '../../../../core/ui'
import { useDeed } from '../../deed'
import { draft, type How, type Item } from '../../kept'
import { blank, items, queue, read } from '../../outbox'
import { Spoken } from '../../Spoken'
import { t as own } from '../../text'
import { t as shots } from '../../write/shots/text'
import type { Whole } from '../Report'
import './acts.css'
import { t } from './text'

/** Characters, as the server counts them. */
const LONGEST = 4000
const Chosen = screen(shots, () => import('../../write/shots/Chosen'))

type Doing = { of: Whole; set: (now: Whole) => void }

/** What its reporter, and whoever follows it, may do with a report now. */
export default function Acts({ of: one, set }: Doing) {
  const blanks = useRef<Partial<Record<How, Item>>>({}).current
  /** As far as it is written; nothing while the one before is on its way. */
  function begun(how: How) {
    const there = items.value?.find(({ about }) => about?.key === one.key && about.how === how)
    if (!there) return (blanks[how] ??= blank(crypto.randomUUID(), { key: one.key, how }))
    delete blanks[how]
    return there.stage === 'draft' && there
  }
  const [more, again] = [begun('more'), begun('reopenings')]
  return (
    <>
      {one.may_reply && more && <Tell key={more.operation} of={one} first={more} />}
      {one.may_confirm && <Confirm of={one} set={set} />}
      {one.closed_at && one.mine && one.state !== 'merged' && <Rate of={one} set={set} />}
      {one.reopen_until && again && <Reopen key={again.operation} of={one} first={again} />}
    </>
  )
}

/** Words and photos that are said once: on the phone as they are typed, and sent as a report is. */
function Saying({ first, label, words, children }: { first: Item; label: string; words: string; children: ComponentChildren }) {
  const item = useSignal(first)
  const said = useSignal('')
  const busy = useSignal(false)
  const { operation, body } = item.value
  // Whoever comes back, in another language say, goes on with it.
  useEffect(() => () => void read(), [])
  const set = (part: Partial<Item>) => (item.value = { ...item.value, ...part })
  /** False when it cannot be kept, or was said from another tab. */
  const write = () => draft(() => item.value).catch(() => false)
  async function say() {
    if (!(await write())) throw new TypeError()
    await queue(operation)
  }
  return (
    <Form label={label} text={body.text} act={say}>
      {children}
      <Words
        label={words}
        text={body.text}
        set={text => {
          set({ body: { ...body, text } })
          void write()
        }}
      />
      <Chosen item={item.value} begin={write} change={photos => set({ photos })} said={said} busy={busy} sparing={recall<boolean>('sparing') ?? false} full={own.failed} />
      <p class="said" role="alert">
        {said.value}
      </p>
    </Form>
  )
}

function Tell({ of: one, first }: { of: Whole; first: Item }) {
  const said = one.steps.find(step => step.kind === 'asked')?.said ?? ''
  return (
    <Saying first={first} label={t.sendReply} words={t.reply}>
      <Note tone="warn" title={t.asked}>
        <Spoken of={said} />
      </Note>
    </Saying>
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
    const now = await api('PUT /api/feedback/reports/{operation}/rating', { operation: one.key, body: { rating, text: plain(text) } })
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

function Reopen({ of: one, first }: { of: Whole; first: Item }) {
  // Whoever deletes what they have begun is still at it.
  const begun = useRef(!!first.body.text || first.photos.length > 0).current
  return (
    <More title={t.notDone} open={begun}>
      <Saying first={first} label={t.reopen} words={t.stillBroken}>
        <p>{t.notDoneText(moment(one.reopen_until!))}</p>
      </Saying>
    </More>
  )
}

/** What is asked with it is done with one button; without a `label` there is nothing to be done yet. */
function Form({ act, set, label, text = '', children }: { act: () => Promise<Whole | void>; set?: (now: Whole) => void; label: string | false; text?: string; children: ComponentChildren }) {
  const { busy, said, run } = useDeed()
  function go() {
    if ([...text].length > LONGEST) said.value = t.tooLong
    else if (label)
      void run(async () => {
        const now = await act()
        if (now) set?.(now)
      })
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
