import { useLocation, useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { letters } from '../../../core/preferences'
import { language } from '../../../core/text'
import { Await, Empty, Icon } from '../../../core/ui'
import { check } from '../../../core/ui/icons'
import { useDeed } from '../../identity/deed'
import '../../identity/identity.css'
import { Said } from '../../identity/Said'
import { SignedIn } from '../../identity/SignedIn'
import './inbox.css'
import { setArchived, setRead } from './letters'
import { t } from './text'

type Detail = Reply<'GET /api/notifications/{entry_id}'>

export default function Entry() {
  const { id } = useRoute().params
  const { query } = useLocation()
  return (
    <SignedIn title={t.one} path={`/inbox/${id}`} back={['/inbox', t.title]}>
      {'open' in query ? <Through id={id!} /> : <Whole id={id!} />}
    </SignedIn>
  )
}

const useEntry = (id: string) => useAsk(`entry ${language.value} ${id}`, signal => api('GET /api/notifications/{entry_id}', { entry_id: id }, signal))

/** Tapped on the lock screen: straight to what it is about. */
function Through({ id }: { id: string }) {
  const { route } = useLocation()
  const asked = useEntry(id)
  const path = letters.value?.of.items.find(one => one.id === id)?.path ?? asked.value?.entry.path
  useEffect(() => {
    if (!path) return
    void setRead(id, true).catch(() => {})
    route(path, true)
  }, [path])
  return <Await of={asked}>{() => null}</Await>
}

function Whole({ id }: { id: string }) {
  const asked = useEntry(id)
  if (asked.failed?.status === 404)
    return (
      <Empty title={asked.failed.message}>
        <a class="button main" href="/inbox">
          {t.title}
        </a>
      </Empty>
    )
  return <Await of={asked}>{detail => <Letter of={detail} />}</Await>
}

function Letter({ of: { entry: one, bell, deliveries, others } }: { of: Detail }) {
  const { route } = useLocation()
  const { busy, said, run } = useDeed()
  useEffect(() => void (one.read_at || setRead(one.id, true).catch(() => {})), [one.id])
  const then = (deed: () => Promise<unknown>) => void run(async () => (await deed(), route('/inbox')))
  return (
    <>
      <article class="card letter-whole">
        <h2>{one.title}</h2>
        <p>{one.body}</p>
        <p class="hint">{moment(one.at)}</p>
        <a class="button main" href={one.path}>
          {one.path.startsWith('/dossiers') ? t.open : t.openOther}
        </a>
      </article>
      <div class="buttons">
        <button class="button" type="button" disabled={busy.value} onClick={() => then(() => setArchived(one.id, !one.archived_at))}>
          {one.archived_at ? t.takeOut : t.putAway}
        </button>
        {!one.archived_at && (
          <button class="button" type="button" disabled={busy.value} onClick={() => then(() => setRead(one.id, false))}>
            {t.markUnread}
          </button>
        )}
      </div>
      <Said text={said.value?.()} />
      <section class="section">
        <h2>{t.ledger}</h2>
        {bell !== 'rung' && <p>{t.bell[bell]}</p>}
        {bell === 'rung' && !deliveries.length && <p>{t.over}</p>}
        {others.map(it => (
          <p key={it.channel}>{it.accepted_at ? t.texted(WAYS[it.channel], moment(it.accepted_at)) : t.textWaits(WAYS[it.channel])}</p>
        ))}
        <ul class="ledger">
          {deliveries.map((it, i) => (
            <Delivery key={i} of={it} />
          ))}
        </ul>
      </section>
    </>
  )
}

const WAYS = { sms: 'SMS', zalo: 'Zalo', email: 'e-mail' }

/** How far it came on one device. */
function Delivery({ of: it }: { of: Detail['deliveries'][number] }) {
  const times = { sent: it.sent_at, accepted: it.accepted_at, shown: it.shown_at, opened: it.opened_at }
  const waits = it.state === 'waiting' && !it.sent_at && Date.parse(it.due_at) > Date.now()
  return (
    <li class="card">
      <h3>{it.device || t.device}</h3>
      {it.state === 'gone' && <p>{t.gone}</p>}
      {it.state === 'replaced' && <p>{t.replaced}</p>}
      {it.state === 'failed' && <p>{t.failed}</p>}
      {waits ? (
        <p>{t.waits(moment(it.due_at))}</p>
      ) : (
        <ol>
          {(['sent', 'accepted', 'shown', 'opened'] as const).map(step => (
            <li key={step} class={times[step] ? 'done' : undefined}>
              {times[step] ? <Icon of={check} /> : <span class="icon" />}
              <span>{t.steps[step]}</span>
              <span class="hint">{times[step] ? moment(times[step]) : t.notYet}</span>
            </li>
          ))}
        </ol>
      )}
    </li>
  )
}
