import { useLocation, useRoute } from 'preact-iso'
import { useEffect, useRef } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { connected } from '../../../core/connection'
import { moment } from '../../../core/moment'
import { letters, reported } from '../../../core/preferences'
import { screen } from '../../../core/screen'
import { mark } from '../../../core/session'
import { grouped, language } from '../../../core/text'
import { Failed, Icon, More, Note, Page, Skeleton } from '../../../core/ui'
import { pin } from '../../../core/ui/icons'
import { plane } from '../drawings'
import '../feedback.css'
import type { Item, Refusal } from '../kept'
import { discard, items, read, rewrite, send, sending, underway, without } from '../outbox'
import { Shots } from '../Shots'
import { Spoken } from '../Spoken'
import { t as own } from '../text'
import { Thumb } from '../Thumb'
import { Timeline } from '../Timeline'
import { tone } from '../tone'
import { t as shots } from '../write/shots/text'
import { t as acts } from './acts/text'
import { t } from './text'

export type Whole = Reply<'GET /api/feedback/reports/{key}'>
const Acts = screen([acts, shots], () => import('./acts/Acts'))

/** One report: on this phone until the server has it whole, and from then on what becomes of it. */
export default function Report() {
  const { key = '' } = useRoute().params as { key?: string }
  useEffect(() => void read(), [key, mark.value?.id])
  const here = items.value?.find(one => one.operation === key)
  const code = here?.accepted?.code ?? reported.value?.of.wholes?.[key]?.code
  return (
    <Page title={code ? t.named(code) : own.title} back={['/reports', own.title]}>
      {here && here.stage !== 'sent' && <Waiting of={here} />}
      {items.value && (!here || here.accepted) && <Sent key={key} id={key} here={here} />}
    </Page>
  )
}

/** The server's own words, or the phone's where no server was asked. */
const whyNot = ({ type, detail }: Refusal) => detail || (type === 'photo-lost' ? t.photoLost : t.tooLarge)
const kilobytes = (bytes: number) => grouped(Math.round(bytes / 1000))

function Waiting({ of: one }: { of: Item }) {
  const { route } = useLocation()
  const all = one.photos.reduce((sum, shot) => sum + shot.bytes, 0)
  const now = underway.value?.path.includes(`${one.operation}/`) ? underway.value.bytes : 0
  const done = Math.min(all, now + one.photos.reduce((sum, shot) => sum + (shot.kept ? shot.bytes : shot.sent ?? 0), 0))
  const refused = one.photos.filter(shot => shot.refusal)
  return (
    <section class="section">
      {one.stage === 'waiting' ? (
        <Note tone={sending.value ? 'good' : 'plain'} icon={plane} title={sending.value ? t.sending : t.waiting}>
          <p>{t.waitingText}</p>
          {all > 0 && (
            <p role="status">
              <progress value={done} max={all} aria-label={t.sending} /> {t.sent(kilobytes(done), kilobytes(all))}
            </p>
          )}
          <div class="buttons">
            <button class="button" type="button" disabled={sending.value} onClick={() => void send()}>
              {t.sendNow}
            </button>
          </div>
        </Note>
      ) : (
        one.refusal && (
          <Note tone="bad" title={t.refused}>
            <p>{whyNot(one.refusal)}</p>
            <div class="buttons">
              <button class="button main" type="button" onClick={() => void rewrite(one).then(now => route(`/reports/new/${now}`, true))}>
                {t.change}
              </button>
              <button class="button bare" type="button" onClick={() => void discard(one.operation).then(() => route('/reports', true))}>
                {own.discard}
              </button>
            </div>
          </Note>
        )
      )}
      {refused.map(shot => (
        <Note key={shot.number} tone="bad" title={t.photoRefused(own.photo(shot.number))}>
          <p>{whyNot(shot.refusal!)}</p>
          <button class="button" type="button" onClick={() => void without(one.operation, shot.number)}>
            {t.dropPhoto}
          </button>
        </Note>
      ))}
      {!one.accepted && (
        <>
          <Spoken of={one.body.text} />
          <ul class="shots">
            {one.photos.map(shot => (
              <li key={shot.number}>
                <Thumb operation={one.operation} number={shot.number} />
              </li>
            ))}
          </ul>
          <Digests of={one.photos} />
        </>
      )}
    </section>
  )
}

/** Each photo's own mark, as the phone has made it, and as it was kept. */
const Digests = ({ of }: { of: Item['photos'] }) =>
  of.length > 0 && (
    <More title={t.hashes}>
      <dl class="digests">
        {of.map(({ number, hash, kept }) => (
          <div key={number}>
            <dt>{own.photo(number)}</dt>
            <dd>
              {t.hashSent} <code>{kept?.sent ?? hash}</code>
            </dd>
            {kept && (
              <dd>
                {t.hashKept} <code>{kept.kept}</code>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </More>
  )

function Sent({ id, here }: { id: string; here: Item | undefined }) {
  const asked = useAsk(`report ${language.value} ${id} ${here?.accepted ? here.stage : ''}`, async signal => {
    const whole = await api('GET /api/feedback/reports/{key}', { key: id }, signal)
    keep(whole)
    return whole
  })
  // News has come: perhaps of this one.
  const newest = letters.value?.of.items[0]?.id
  const seen = useRef(newest)
  useEffect(() => {
    if (newest !== seen.current) asked.again()
    seen.current = newest
  }, [newest])
  // In another language only when there is nothing newer to be had.
  const copy = reported.value?.lang === language.value || asked.failed ? reported.value?.of.wholes?.[id] : undefined
  const shown = asked.value ?? copy
  if (!shown && here?.accepted) return <Fresh of={here} />
  if (!shown) return asked.failed?.status === 404 ? <Note>{t.gone}</Note> : asked.failed ? <Failed problem={asked.failed} again={asked.again} /> : <Skeleton rows={4} />
  return (
    <>
      {!asked.value && copy && !connected.value && <p class="hint">{own.old(moment(reported.value!.at))}</p>}
      <Standing
        of={shown}
        here={here}
        set={whole => {
          keep(whole)
          asked.set(whole)
        }}
      />
    </>
  )
}

/** The newest copies, for when there is no line. */
function keep(whole: Whole) {
  const others = Object.entries(reported.peek()?.of.wholes ?? {}).filter(([key]) => key !== whole.key)
  reported.value = { at: new Date().toISOString(), lang: language.peek(), of: { ...reported.peek()?.of, wholes: Object.fromEntries([[whole.key, whole], ...others.slice(0, 19)]) } }
}

/** What the server said when it took it, as long as it cannot be asked again. */
const Fresh = ({ of: { accepted } }: { of: Item }) =>
  accepted && (
    <Note tone="good" title={t.arrived}>
      <dl class="pairs">
        <dt>{t.triageBy}</dt>
        <dd>{moment(accepted.triage_by)}</dd>
        <dt>{t.answerBy}</dt>
        <dd>{moment(accepted.answer_by)}</dd>
      </dl>
    </Note>
  )

function Standing({ of: one, here, set }: { of: Whole; here: Item | undefined; set: (now: Whole) => void }) {
  const { route } = useLocation()
  const there = `/api/feedback/reports/${one.key}`
  return (
    <>
      <section class="section">
        <p>
          <span class={`tag${tone(one)}`}>{one.state_name}</span> {one.late && <span class="tag bad">{t.late}</span>}
        </p>
        <dl class="pairs">
          <dt>{own.category}</dt>
          <dd>{one.category_name}</dd>
          <dt>{t.at}</dt>
          <dd>{moment(one.arrived_at)}</dd>
          {one.due_at && (
            <>
              <dt>{t.dueBy}</dt>
              <dd>{moment(one.due_at)}</dd>
            </>
          )}
          {one.commune_name && (
            <>
              <dt>{t.place}</dt>
              <dd lang="vi">{one.commune_name}</dd>
            </>
          )}
          {one.unit && (
            <>
              <dt>{t.unit}</dt>
              <dd lang="vi">{one.unit}</dd>
            </>
          )}
        </dl>
        {one.followers > 0 && <p class="hint">{own.alsoSeen(one.followers)}</p>}
      </section>
      {(one.may_reply || one.closed_at) && <Acts of={one} set={set} />}
      <Timeline of={there} title={t.timeline} steps={one.steps} />
      {(one.text || one.photos.length > 0) && (
        <section class="section">
          {one.mine && <h2>{t.yourWords}</h2>}
          {one.text && <Spoken of={one.text} />}
          {one.photos.length > 0 && <Shots of={there} numbers={one.photos} />}
          {one.lat !== null && one.lon !== null && (
            <p class="hint placed">
              <Icon of={pin} />
              <span>
                {one.lat.toFixed(5)}, {one.lon.toFixed(5)}
              </span>
            </p>
          )}
          {one.photos_awaited > 0 && <p class="hint">{t.awaited(one.photos_awaited)}</p>}
          <Digests of={here?.photos ?? []} />
        </section>
      )}
      {!one.mine && (
        <button class="button" type="button" onClick={() => void api('DELETE /api/feedback/follows/{report_id}', { report_id: one.id }).then(() => route('/reports', true), () => {})}>
          {t.unfollow}
        </button>
      )}
    </>
  )
}
