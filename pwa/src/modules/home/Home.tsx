import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect, useRef } from 'preact/hooks'
import { followed, home, recent } from '../../core/preferences'
import { useLater } from '../../core/later'
import { resident } from '../../core/session'
import type { Saved } from '../../core/storage'
import { storesLater } from '../../core/stores'
import { ready } from '../../core/text'
import { Icon, Mixed, Page, Row } from '../../core/ui'
import { bell, book, building, clock, coin, folder, person, pin, search } from '../../core/ui/icons'
import { Search, trail } from '../catalogue'
import { t as dossiers } from '../dossiers/text'
import { flag } from '../feedback/drawings'
import { t as news } from '../news/text'
import { Dusk } from './Dusk'
import './home.css'
import { lifeEvents } from './life-events'
import { t } from './text'

const openDossiers = async () => {
  const part = await import('../dossiers/Open')
  await ready(dossiers)
  return part
}

const newest = async () => {
  const part = await import('../news/Newest')
  await ready(news)
  return part
}

export function Home() {
  const { route } = useLocation()
  const kept = useSignal<Saved[]>([])
  // The database comes after the first paint: nothing above the fold needs it.
  useEffect(() => void storesLater().then(({ saved }) => saved.all()).then(all => (kept.value = all), () => {}), [])
  const field = useRef<HTMLInputElement>(null)
  /** Once the other screen is here, with all the letters typed meanwhile: the router would drop this one, and them, too early. */
  const leave = async () => {
    if (trail.typing) return
    trail.typing = true
    await Search.preload().catch(() => {})
    route(`/search?q=${encodeURIComponent(field.current?.value ?? '')}`)
  }
  const mine = home.value
  const open = useLater(openDossiers, !!resident.value?.id)
  const latest = useLater(newest)
  return (
    <Page title={t.title} bare>
      <div class="home-hero">
        <Dusk />
        <h1 tabIndex={-1}>{t.title}</h1>
        <form class="searchbox" role="search" action="/search" onSubmit={event => (event.preventDefault(), void leave())}>
          <Icon of={search} />
          <input
            ref={field}
            type="search"
            name="q"
            aria-label={t.searchLabel}
            placeholder={t.searchPlaceholder}
            autocomplete="off"
            enterkeyhint="search"
            maxLength={200}
            // Whoever touches the field will type: have that screen ready, so that the keyboard stays open.
            onFocus={() => void Search.preload()}
            onInput={() => void leave()}
          />
        </form>
        <p class="home-lead">{t.lead}</p>
      </div>

      <nav class="section" aria-labelledby="events">
        <h2 id="events">{t.events}</h2>
        <ul class="tiles">
          {lifeEvents.map(({ name, ask, draw, tone }) => (
            <li key={name}>
              <a class="tile" href={`/search?q=${encodeURIComponent(ask)}`}>
                <span class={`blob ${tone}`}>
                  <Icon of={draw} />
                </span>
                {t.event[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>

      {open && <open.Open />}

      <ul class="card rows">
        <Row href="/dossiers" icon={folder} title={t.dossiers}>
          <span class="hint">{t.dossiersText(followed.value.length)}</span>
        </Row>
        <Row href="/reports" icon={flag} title={t.reports}>
          <span class="hint">{t.reportsText}</span>
        </Row>
        <Row href="/payments" icon={coin} title={t.payments}>
          <span class="hint">{t.paymentsText}</span>
        </Row>
        {mine ? (
          <Row href={`/places/${mine.code}`} icon={building} title={<Mixed of={t.mine} names={[mine.name]} />}>
            <span class="hint">{t.mineText}</span>
          </Row>
        ) : (
          <Row href="/places" icon={pin} title={t.whereTitle}>
            <span class="hint">{t.whereText}</span>
          </Row>
        )}
        {resident.value?.id && (
          <Row href="/account" icon={person} title={t.account}>
            <span class="hint">{t.accountText}</span>
          </Row>
        )}
        <Row href="/notifications" icon={bell} title={t.bell}>
          <span class="hint">{t.bellText}</span>
        </Row>
      </ul>

      {latest && <latest.Newest />}

      <Shelf icon={clock} title={t.recent} items={recent.value.slice(0, 3)} />
      <Shelf icon={book} title={t.saved} items={kept.value.slice(0, 3).map(one => one.procedure)} />
    </Page>
  )
}

function Shelf({ icon, title, items }: { icon: string; title: string; items: { code: string; title: string }[] }) {
  if (!items.length) return null
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
        <a href="/saved">{t.all}</a>
      </div>
      <ul class="rows">
        {items.map(one => (
          <Row key={one.code} href={`/procedures/${one.code}`} icon={icon} title={one.title} lang="vi" />
        ))}
      </ul>
    </section>
  )
}
