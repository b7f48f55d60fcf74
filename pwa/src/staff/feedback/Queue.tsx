import { useLocation } from 'preact-iso'
import { useEffect, useRef } from 'preact/hooks'
import { type Reply } from '../../core/api'
import { language } from '../../core/text'
import { useAsk } from '../../core/ask'
import { lazy } from '../../core/screen'
import { may, read } from '../access'
import { Find } from '../Find'
import { usePages } from '../pages'
import { Nothing, Pages, Screen, Table, tongue } from '../ui'
import '../dossiers/dossiers.css'
import { address, type Filter, Filters } from './Filters'
import { Left } from './Left'
import './reports.css'
import { t } from './text'

type Rows = Reply<'GET /api/feedback/desk'>
type Row = Rows['items'][number]
const lists = ['open', 'triage', 'work', 'urgent', 'late', 'waiting', 'closed'] as const
const DeskMap = lazy(() => import('./DeskMap'))
/** The duty officer's screen looks again by itself. */
const FRESH = 20_000

export default function Queue() {
  const { query, route } = useLocation()
  const { q = '', list, category = '', commune = '', view = '', box = '' } = query as Partial<Filter> & { q?: string; box?: string }
  const which = lists.find(one => one === list) ?? 'open'
  const now: Filter = { list: which, category, commune, view }
  const narrowed = q ? {} : { category: category || null, commune: commune || null }
  const key = `reports ${which} ${q} ${category} ${commune}`
  const mapped = view === 'map' && !q
  const part = (mapped && box) || null
  const found = usePages<Row, Rows>(`${key} ${part}`, (cursor, signal) => read('GET /api/feedback/desk', { which, q, ...narrowed, box: part, limit: 50, cursor }, signal))
  const map = useAsk(mapped ? `${key} map` : '', signal => (mapped ? read('GET /api/feedback/desk/map', { which, ...narrowed }, signal) : Promise.resolve(undefined)))
  const paged = useRef(false)
  paged.current = found.items.length > 50
  useEffect(() => {
    // Whoever has asked for more of the list keeps their place in it.
    const timer = setInterval(() => document.hidden || paged.current || (found.again(), map.again()), FRESH)
    return () => clearInterval(timer)
  }, [key, part])
  const counts = found.value?.counts
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      actions={
        may('feedback:categories') && (
          <a class="button" href="/staff/reports/setup">
            {t.setup}
          </a>
        )
      }
    >
      <Find at="/staff/reports" q={q} label={t.find} most={40} />
      {!q && (
        <>
          <nav class="lists" aria-label={t.title}>
            {lists.map(one => (
              <a key={one} href={address({ ...now, list: one })} aria-current={one === which ? 'page' : undefined}>
                {t.lists[one]} {counts?.[one] !== undefined && <span class={one === 'late' && counts[one] ? 'tag bad' : one === 'urgent' && counts[one] ? 'tag warn' : 'tag'}>{counts[one]}</span>}
              </a>
            ))}
          </nav>
          <Filters now={now} go={next => route(address(next), true)} />
        </>
      )}
      {mapped && (
        <>
          <DeskMap of={map as Parameters<typeof DeskMap>[0]['of']} narrow={box => route(`${address(now)}${box && `&box=${box}`}`, true)} />
          <p role="status">
            {part && (
              <a class="button" href={address(now)}>
                {t.allPlaces}
              </a>
            )}
          </p>
        </>
      )}
      <Pages
        of={found}
        empty={
          <Nothing title={t.nothing}>
            <p>{t.nothingText}</p>
          </Nothing>
        }
      >
        {rows => (
          <Table
            caption={q || t.lists[which]}
            rows={rows}
            id={one => one.id}
            href={one => `/staff/reports/${one.id}`}
            columns={[
              { title: t.code, of: one => <span class="mono code">{one.code}</span> },
              {
                title: t.what,
                of: one => (
                  <>
                    {one.urgent && <span class="tag bad">{t.urgent}</span>} <span lang={tongue(one.begins)}>{one.begins || t.noText}</span>{' '}
                    <span class="hint">{[one.photos ? t.withPhotos(one.photos) : '', one.followers ? t.seenBy(one.followers) : '', one.reopened ? t.reopenedTimes(one.reopened) : ''].filter(Boolean).join(' · ')}</span>
                  </>
                ),
              },
              { title: t.where, of: one => one.commune_name, lang: 'vi' },
              { title: t.state, of: one => t.states[one.state] },
              { title: t.unit, of: one => (one.unit_name ? <span lang="vi">{one.unit_name}</span> : t.nobody), named: true },
              {
                title: t.due,
                of: one =>
                  one.due_at && (
                    <>
                      <Left due={one.due_at} warn={one.warn_at} late={one.late} /> {one.level > 0 && <span class="tag warn">{t.level(one.level)}</span>}
                    </>
                  ),
              },
            ]}
          />
        )}
      </Pages>
      {!q && (
        <p class="buttons">
          {(['xlsx', 'csv'] as const).map(sheet => (
            <a key={sheet} class="button" href={`/api/feedback/desk/export?${new URLSearchParams({ which, category, commune, sheet, lang: language.value })}`} download>
              {t.takeAway(sheet.toUpperCase())}
            </a>
          ))}
        </p>
      )}
    </Screen>
  )
}
