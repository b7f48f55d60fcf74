import { type Asked, useAsk } from '../core/ask'
import { Await, Icon } from '../core/ui'
import { check, coin, warning } from '../core/ui/icons'
import { may, member, read } from './access'
import { list, lost, people } from './icons'
import { Due } from './privacy/Due'
import { t } from './text'
import { Name, Nothing, Panel, Screen } from './ui'

const SOON = 5

/** What waits for this person, by what they may do. */
export default function Home() {
  const { name } = member.value!
  return (
    <Screen title={t.home} lead={<>{t.greeting} <Name of={name} />.</>}>
      <div class="board">
        {may('dossiers:read') && <Dossiers />}
        {may('feedback:handle') && <Reports />}
        {may('news:read') && <Articles />}
        {may('privacy:decide') && <OpenRequests />}
        {may('identity:administer') && <Accounts />}
        {may('payments:read') && <Way href="/staff/payments" icon={coin} title={t.payments} text={t.paymentsText} />}
        {may('identity:recover') && <Way href="/staff/recovery" icon={lost} title={t.recovery} text={t.recoveryText} />}
        {may('privacy:audit') && <Way href="/staff/audit" icon={list} title={t.audit} text={t.auditText} />}
      </div>
      {member.value!.permissions.length === 0 && (
        <Nothing title={t.nothingToDo}>
          <p>{t.nothingToDoText}</p>
        </Nothing>
      )}
    </Screen>
  )
}

/** A door to a part of the console. */
const Way = ({ href, icon, title, text }: { href: string; icon: string; title: string; text: string }) => (
  <a class="panel way" href={href}>
    <span class="blob">
      <Icon of={icon} />
    </span>
    <span>
      <strong>{title}</strong>
      <span class="hint">{text}</span>
    </span>
  </a>
)

function Dossiers() {
  const counts = useAsk('dossier counts', signal => read('GET /api/dossiers/desk/counts', {}, signal))
  return (
    <Day title={t.dossiers} href="/staff/dossiers" of={counts}>
      {counts => ({ open: [counts.unit, t.openDossiers], lists: (['late', 'soon', 'mine', 'ready'] as const).map(list => [list, t.dossierLists[list], counts[list]]) })}
    </Day>
  )
}

function Reports() {
  const queue = useAsk('report counts', signal => read('GET /api/feedback/desk', { which: 'open', limit: 1 }, signal))
  return (
    <Day title={t.reports} href="/staff/reports" of={queue}>
      {({ counts }) => ({ open: [counts.open ?? 0, t.openReports], lists: (['late', 'urgent', 'triage', 'work'] as const).map(list => [list, t.reportLists[list], counts[list] ?? 0]) })}
    </Day>
  )
}

const TONES: Record<string, string> = { late: 'tag bad', soon: 'tag warn', urgent: 'tag warn' }
type Counts = { open: [number: number, of: string]; lists: [list: string, name: string, number: number][] }
/** How the day stands; the lists themselves are a press away. */
const Day = <T,>({ title, href, of, children }: { title: string; href: string; of: Asked<T>; children: (of: T) => Counts }) => (
  <Panel title={title} actions={<a href={href}>{t.seeAll}</a>}>
    <Await of={of} rows={3}>
      {found => {
        const { open, lists } = children(found)
        return (
          <>
            <p class="count-line">
              <span class="big-number">{open[0]}</span> {open[1]}
            </p>
            <ul class="rows quiet">
              {lists.map(([list, name, number]) => (
                <li key={list}>
                  <a class="line" href={`${href}?list=${list}`}>
                    <span>{name}</span>
                    <span class={(number && TONES[list]) || 'tag'}>{number}</span>
                  </a>
                </li>
              ))}
            </ul>
          </>
        )
      }}
    </Await>
  </Panel>
)

/** What waits for a second person, or else what this person has begun. */
function Articles() {
  const which = may('news:review') ? 'review' : 'drafts'
  const waiting = useAsk(`news home ${which}`, signal => read('GET /api/news/desk', { which, limit: SOON }, signal))
  return (
    <Panel title={t.news} actions={<a href={`/staff/news?list=${which}`}>{t.seeAll}</a>}>
      <Await of={waiting} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="calm">
              <Icon of={check} />
              {t.noArticles[which]}
            </p>
          ) : (
            <>
              <p class="hint">{t.articlesWaiting[which]}</p>
              <ul class="rows quiet">
                {items.map(one => (
                  <li key={one.id}>
                    <a class="line" href={`/staff/news/${one.id}`}>
                      <span lang="vi">{one.title || '…'}</span>
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Await>
    </Panel>
  )
}

function OpenRequests() {
  const open = useAsk('requests', signal => read('GET /api/privacy/desk/requests', { limit: 100 }, signal))
  return (
    <Panel title={t.requests} actions={<a href="/staff/requests">{t.seeAll}</a>}>
      <Await of={open} rows={3}>
        {({ items, next_cursor }) => {
          const overdue = items.filter(one => one.overdue).length
          return items.length === 0 ? (
            <p class="calm">
              <Icon of={check} />
              {t.noRequests}
            </p>
          ) : (
            <>
              <p class="count-line">
                <span class="big-number">
                  {items.length}
                  {next_cursor && '+'}
                </span>{' '}
                {t.waiting}
                {overdue > 0 && (
                  <span class="tag bad">
                    <Icon of={warning} />
                    {t.overdueCount(overdue)}
                  </span>
                )}
              </p>
              <ul class="rows quiet">
                {items.slice(0, SOON).map(one => (
                  <li key={one.id}>
                    <a class="line" href={`/staff/requests/${one.id}`}>
                      <span>{t.kinds[one.kind]}</span>
                      <Due at={one.due_at} overdue={one.overdue} />
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )
        }}
      </Await>
    </Panel>
  )
}

function Accounts() {
  const review = useAsk('review', signal => read('GET /api/identity/staff/review', { limit: 100 }, signal))
  return (
    <Panel title={t.people} actions={<a href="/staff/people">{t.seeAll}</a>}>
      <Await of={review} rows={3}>
        {({ items, next_cursor }) => {
          const of = (concern: (typeof items)[number]['concerns'][number]) => items.filter(one => one.concerns.includes(concern)).length
          const seen = (['soon-unused', 'never-signed-in', 'no-role', 'no-second-factor'] as const).map(concern => [concern, of(concern)] as const).filter(([, number]) => number > 0)
          return (
            <>
              <p class="count-line">
                <span class="big-number">
                  {items.length}
                  {next_cursor && '+'}
                </span>{' '}
                {t.livingAccounts}
              </p>
              {seen.length > 0 ? (
                <ul class="rows quiet">
                  {seen.map(([concern, number]) => (
                    <li key={concern}>
                      <a class="line" href="/staff/review">
                        <span>{t.concerns[concern]}</span>
                        <span class="tag warn">{number}</span>
                      </a>
                    </li>
                  ))}
                </ul>
              ) : (
                <p class="calm">
                  <Icon of={check} />
                  {t.nothingToReview}
                </p>
              )}
              <div class="buttons">
                <a class="button" href="/staff/people/new">
                  <Icon of={people} />
                  {t.addPerson}
                </a>
              </div>
            </>
          )
        }}
      </Await>
    </Panel>
  )
}

