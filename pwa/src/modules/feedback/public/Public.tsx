import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { home } from '../../../core/preferences'
import { language } from '../../../core/text'
import { Await, Choices, Empty, Icon, Page, Row } from '../../../core/ui'
import { target } from '../../../core/ui/icons'
import { lazy } from '../../../core/screen'
import { useDeed } from '../deed'
import '../feedback.css'
import { t as own } from '../text'
import { tone } from '../tone'
import './public.css'
import { t } from './text'

const Map = lazy(() => import('./Map'))
type List = Reply<'GET /api/feedback/public'>
type One = List['items'][number]
type Standing = 'all' | 'open' | 'fixed' | 'closed'
export type Narrowed = { standing: Standing; category: string }
type Query = Narrowed & { view: 'list' | 'map'; commune: string }
const STANDINGS: Standing[] = ['all', 'open', 'fixed', 'closed']

/** What was let out of everybody's reports: a list, and a map that works without tiles. */
export default function Public() {
  const { query, route } = useLocation()
  const asking: Query = {
    view: query.view === 'map' ? 'map' : 'list',
    standing: STANDINGS.find(one => one === query.standing) ?? 'all',
    category: query.category ?? '',
    commune: query.commune ?? '',
  }
  const go = (part: Partial<Query>) => {
    const next = new URLSearchParams(Object.entries({ ...asking, ...part }).filter(([, value]) => value && value !== 'all' && value !== 'list'))
    route(`/reports/public${next.size ? `?${next}` : ''}`, true)
  }
  const offer = useAsk(`report categories ${language.value}`, signal => api('GET /api/feedback/categories', {}, signal))
  return (
    <Page title={t.title} back={['/reports', own.title]}>
      <p>
        {t.lead} <a href="/reports/public/figures">{t.figures}</a>
      </p>
      <Choices legend={t.view} name="view" row value={asking.view} onChange={view => go({ view })} of={(['list', 'map'] as const).map(value => ({ value, label: t.views[value] }))} />
      <div class="narrowing">
        <label class="field">
          <span class="strong">{t.standing}</span>
          <select class="input" value={asking.standing} onChange={event => go({ standing: event.currentTarget.value as Standing })}>
            {STANDINGS.map(one => (
              <option key={one} value={one}>
                {t.standings[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="strong">{own.category}</span>
          <select class="input" value={asking.category} onChange={event => go({ category: event.currentTarget.value })}>
            <option value="">{t.allCategories}</option>
            {offer.value?.items.map(one => (
              <option key={one.slug} value={one.slug}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {asking.view === 'map' ? <Map standing={asking.standing} category={asking.category} /> : <Listed asking={asking} go={go} />}
    </Page>
  )
}

function Listed({ asking, go }: { asking: Query; go: (part: Partial<Query>) => void }) {
  const here = useSignal<[lat: number, lon: number]>()
  const said = useSignal('')
  const mine = home.value
  function locate() {
    said.value = t.locating
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        said.value = ''
        here.value = [coords.latitude, coords.longitude]
      },
      () => (said.value = t.locateFailed),
      { timeout: 15_000, maximumAge: 300_000 },
    )
  }
  return (
    <>
      {mine && !here.value && <Choices legend={t.where} name="where" row value={asking.commune} onChange={commune => go({ commune })} of={[{ value: '', label: t.province }, { value: mine.code, label: mine.name, lang: 'vi' }]} />}
      <p>
        <button class="button" type="button" aria-pressed={!!here.value} onClick={() => (here.value ? (here.value = undefined) : locate())}>
          <Icon of={target} />
          {t.nearMe}
        </button>{' '}
        <span role="status">{said.value}</span>
      </p>
      {here.value ? <Near at={here.value} standing={asking.standing} category={asking.category} /> : <Newest standing={asking.standing} category={asking.category} commune={asking.commune} />}
    </>
  )
}

/** By where they are shown, the nearest first. */
export function Near({ at: [lat, lon], standing, category }: Narrowed & { at: [lat: number, lon: number] }) {
  const near = useAsk(`public near ${lat} ${lon} ${standing} ${category} ${language.value}`, signal => api('GET /api/feedback/public/near', { lat, lon, standing, category: category || null, limit: 20 }, signal))
  return <Await of={near}>{({ items }) => <Rows of={items} />}</Await>
}

export function Newest({ standing, category, commune = '' }: Narrowed & { commune?: string }) {
  const ask = (cursor: string | null, signal?: AbortSignal) => api('GET /api/feedback/public', { standing, category: category || null, commune: commune || null, limit: 20, cursor }, signal)
  const key = `public ${standing} ${category} ${commune} ${language.value}`
  const first = useAsk(key, signal => ask(null, signal))
  return <Await of={first}>{page => <Pages key={key} first={page} ask={ask} />}</Await>
}

function Pages({ first, ask }: { first: List; ask: (cursor: string) => Promise<List> }) {
  const more = useSignal<List[]>([])
  const { busy, said, run } = useDeed()
  useEffect(() => void (more.value = []), [first])
  const pages = [first, ...more.value]
  const cursor = pages.at(-1)!.next_cursor
  return (
    <>
      <Rows of={pages.flatMap(page => page.items)} />
      <p role="status">{said.value}</p>
      {cursor && (
        <div class="buttons">
          <button class="button" type="button" disabled={busy.value} onClick={() => void run(async () => (more.value = [...more.value, await ask(cursor)]))}>
            {t.more}
          </button>
        </div>
      )}
    </>
  )
}

function Rows({ of }: { of: One[] }) {
  if (!of.length)
    return (
      <Empty title={t.none}>
        <p>{t.noneText}</p>
      </Empty>
    )
  return (
    <ul class="card rows">
      {of.map(one => (
        <Row key={one.id} href={`/reports/public/${one.id}`} title={<span lang={one.text ? 'vi' : undefined}>{one.text.slice(0, 120) || one.category_name}</span>}>
          <span class="facts-line">
            <span class={`tag${tone(one)}`}>{one.state_name}</span>
            <span>{moment(one.arrived_at)}</span>
            {one.distance_m !== null && <span>{t.away(one.distance_m)}</span>}
          </span>
          <span class="hint">
            {[one.category_name, one.followers ? own.alsoSeen(one.followers) : '', one.reopened ? t.reopened(one.reopened) : ''].filter(Boolean).join(' · ')}
            {one.commune_name && (
              <>
                {' · '}
                <span lang="vi">{one.commune_name}</span>
              </>
            )}
          </span>
        </Row>
      ))}
    </ul>
  )
}
