import { useLocation, useRoute } from 'preact-iso'
import { useEffect, useRef } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { connected } from '../../../core/connection'
import { moment } from '../../../core/moment'
import { letters, reported } from '../../../core/preferences'
import { lazy, screen } from '../../../core/screen'
import { mark } from '../../../core/session'
import { language } from '../../../core/text'
import { Failed, Icon, More, Note, Page, Skeleton } from '../../../core/ui'
import { pin } from '../../../core/ui/icons'
import '../feedback.css'
import type { Item } from '../kept'
import { answered, items, read } from '../outbox'
import { Shots } from '../Shots'
import { Spoken } from '../Spoken'
import { t as own } from '../text'
import { Timeline } from '../Timeline'
import { tone } from '../tone'
import { t as acts } from './acts/text'
import { t } from './text'

export type Whole = Reply<'GET /api/feedback/reports/{key}'>
const Acts = screen(acts, () => import('./acts/Acts'))
const Waiting = lazy(() => import('./Waiting'))

/** One report: on this phone until the server has it whole, and from then on what becomes of it. */
export default function Report() {
  const { key = '' } = useRoute().params as { key?: string }
  useEffect(() => void read(), [key, mark.value?.id])
  const here = items.value?.find(one => one.operation === key)
  const waiting = items.value?.filter(one => (one.about ? one.about.key === key && one.stage !== 'draft' : one === here && one.stage !== 'sent'))
  const code = here?.accepted?.code ?? reported.value?.of.wholes?.[key]?.code
  return (
    <Page title={code ? t.named(code) : own.title} back={['/reports', own.title]}>
      {waiting?.map(one => (
        <Waiting key={one.operation} of={one}>
          <Digests of={one.photos} />
        </Waiting>
      ))}
      {items.value && (!here || here.accepted) && <Sent key={key} id={key} here={here} />}
    </Page>
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
  function set(whole: Whole) {
    keep(whole)
    asked.set(whole)
  }
  // News has come: perhaps of this one.
  const newest = letters.value?.of.items[0]?.id
  const seen = useRef(newest)
  useEffect(() => {
    if (newest !== seen.current) asked.again()
    seen.current = newest
  }, [newest])
  // What was said of it has arrived, or has gone from here another way.
  const left = items.value?.filter(one => one.about?.key === id).length ?? 0
  const before = useRef(left)
  useEffect(() => {
    const now = answered.peek()
    if (now?.key === id) {
      answered.value = undefined
      set(now)
    } else if (left < before.current) asked.again()
    before.current = left
  }, [left, answered.value])
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
        set={set}
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
