import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { home } from '../../core/preferences'
import { Await, Empty, Icon, Mixed, More, Note, Page, Row } from '../../core/ui'
import { building, house, pin, search, target } from '../../core/ui/icons'
import { lazy } from '../../core/screen'
import { Office } from './Office'
import './places.css'
import { t } from './text'
import { type Outline, type Whereabouts, whereabouts } from './geometry'
import { allUnits, find, type Unit } from './units'

const Map = lazy(() => import('./Map'))
type Position = 'asking' | 'refused' | 'failed' | { found: Whereabouts } | undefined

export default function Places() {
  const { query, route } = useLocation()
  const units = useAsk('units', allUnits)
  const offices = useAsk('offices', signal => api('GET /api/places/offices', { limit: 100 }, signal))
  const typed = useSignal(query.q ?? '')
  const position = useSignal<Position>(undefined)
  const mapped = useSignal(false)

  useEffect(() => {
    if (typed.value === (query.q ?? '')) return
    // Whoever has tapped a unit meanwhile must not be called back.
    const soon = setTimeout(() => location.pathname === '/places' && route(typed.value ? `/places?q=${encodeURIComponent(typed.value)}` : '/places', true), 300)
    return () => clearTimeout(soon)
  }, [typed.value])

  return (
    <Page title={t.title}>
      <p>{t.lead}</p>
      {home.value && (
        <ul class="card rows">
          <Row href={`/places/${home.value.code}`} icon={house} title={home.value.name} lang="vi">
            <span class="hint">{t.mine}</span>
          </Row>
        </ul>
      )}
      <div class="searchbox">
        <Icon of={search} />
        <input type="search" aria-label={t.searchLabel} placeholder={t.searchPlaceholder} autocomplete="off" maxLength={100} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
      </div>
      <div class="buttons">
        <button class="button" type="button" disabled={position.value === 'asking'} onClick={() => locate(now => (position.value = now))}>
          <Icon of={target} />
          {position.value === 'asking' ? t.locating : t.locate}
        </button>
        <button class="button" type="button" aria-expanded={mapped.value} onClick={() => (mapped.value = !mapped.value)}>
          <Icon of={pin} />
          {mapped.value ? t.mapHide : t.map}
        </button>
      </div>
      <p class="hint">{t.locatePrivate}</p>
      <Await of={units} rows={6}>
        {all => {
          const found = find(all, typed.value)
          return (
            <>
              <div role="status">
                <Located position={position.value} units={all} />
              </div>
              {mapped.value && <Map units={all} chosen={home.value?.code ?? ''} />}
              <p class="hint" role="status">
                {found.length ? t.found(found.length) : ''}
              </p>
              {found.length ? (
                <ul class="rows units">
                  {found.map(({ unit, old }) => (
                    <UnitRow key={unit.code} code={unit.code} name={unit.name} old={old} />
                  ))}
                </ul>
              ) : (
                typed.value === query.q && <Likely key={typed.value} of={typed.value} clear={() => (typed.value = '')} />
              )}
            </>
          )
        }}
      </Await>
      <More title={t.province} open={'offices' in query}>
        <p>{t.provinceText}</p>
        <Await of={offices}>
          {({ items }) => (
            <ul class="offices">
              {items.map(office => (
                <Office key={office.id} of={office} />
              ))}
            </ul>
          )}
        </Await>
      </More>
    </Page>
  )
}

/** What the phone does not find itself: places that were never a commune, addresses, short forms, mistakes in typing. */
function Likely({ of, clear }: { of: string; clear: () => void }) {
  const likely = useAsk(`units ${of}`, signal => api('GET /api/places/units', { q: of, limit: 5 }, signal))
  const { value, failed } = likely
  if (!value && !failed) return <Await of={likely} rows={2}>{() => null}</Await>
  if (!value?.items.length)
    return (
      <Empty title={t.foundNone}>
        <p>{t.foundNoneText}</p>
        <button class="button" type="button" onClick={clear}>
          {t.clear}
        </button>
      </Empty>
    )
  return (
    <>
      <p class="hint" role="status">
        {t.likely}
      </p>
      <ul class="rows units">
        {value.items.map(({ code, name, matched }) => (
          <UnitRow key={code} code={code} name={name} old={matched} />
        ))}
      </ul>
    </>
  )
}

const UnitRow = ({ code, name, old }: { code: string; name: string; old: string | null }) => (
  <Row href={`/places/${code}`} title={name} lang="vi">
    {old && (
      <span class="hint">
        <Mixed of={t.old} names={[old, name]} />
      </span>
    )}
  </Row>
)

/** Only after a tap; the position stays on the phone. */
async function locate(tell: (now: Position) => void) {
  tell('asking')
  let fix: GeolocationPosition
  try {
    fix = await new Promise((done, fail) => navigator.geolocation.getCurrentPosition(done, fail, { timeout: 15_000, maximumAge: 60_000, enableHighAccuracy: true }))
  } catch (cause) {
    return tell((cause as GeolocationPositionError).code === 1 ? 'refused' : 'failed')
  }
  try {
    const outline: Outline = await api('GET /api/places/outline', {})
    tell({ found: whereabouts(outline, fix.coords.latitude, fix.coords.longitude, fix.coords.accuracy) })
  } catch {
    tell('failed')
  }
}

function Located({ position, units }: { position: Position; units: Unit[] }) {
  if (!position || position === 'asking') return null
  if (position === 'refused') return <Note tone="warn" title={t.refused}>{t.refusedText}</Note>
  if (position === 'failed') return <Note tone="warn" title={t.noFix}>{t.noFixText}</Note>
  const { found } = position
  if (!found) return <Note tone="warn" title={t.outside}>{t.outsideText}</Note>
  const name = (code: string) => units.find(one => one.code === code)?.name ?? code
  return (
    <Note tone="good" icon={pin} title={<Mixed of={found.inside ? t.here : t.near} names={[name(found.code)]} />}>
      <a class="button main" href={`/places/${found.code}`}>
        <Icon of={building} />
        {t.open}
      </a>
      {found.maybe.length > 0 && (
        <>
          <p class="hint">{t.border}</p>
          <ul class="buttons">
            {found.maybe.map(code => (
              <li key={code}>
                <a class="button" href={`/places/${code}`} lang="vi">
                  {name(code)}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </Note>
  )
}
