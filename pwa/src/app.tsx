/** The whole app on one page: what loads, which screens there are, and the frame around them. */
import { arrived } from './early'
import { render } from 'preact'
import { ErrorBoundary, LocationProvider, Route, useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import './core/base.css'
import './core/device'
import { useLater } from './core/later'
import { recall } from './core/memory'
import './core/preferences'
import { province } from './core/province'
import { mark, need, resident } from './core/session'
import { begin } from './core/text'
import { t } from './core/text/words'
import { Icon } from './core/ui'
import { book, gear, house, phone, pin, search } from './core/ui/icons'
import { NotFound, Ribbons, Screens } from './core/ui/Screens'
import { boot, newVersion, takeOver, updating } from './core/versions'
import { Procedure, Saved, Search, trail } from './modules/catalogue'
import { Dossier, Dossiers, Followers } from './modules/dossiers'
import { Emergency } from './modules/emergency'
import { PublicReports, Report, Reports, Write } from './modules/feedback'
import { Home } from './modules/home/Home'
import { t as home } from './modules/home/text'
import { Account, Devices, Door, LostPhone, NationalId, Passkeys, Profile, Proof, SignIn, Watch } from './modules/identity'
import { alarm, Article, banner, News, Warning, Warnings } from './modules/news'
import { Back, FindBill, Payment, Payments } from './modules/payments'
import { Place, Places } from './modules/places'
import { Bell, Entry, Following, How, Inbox, Notifications } from './modules/notifications'
import { Looks, MyData, Privacy } from './modules/privacy'
import { About, Design, Install, Settings } from './modules/settings'

const tabs = [
  { href: '/', icon: house, name: () => t.tabHome },
  { href: '/search', icon: search, name: () => t.tabSearch },
  { href: '/places', icon: pin, name: () => t.tabPlaces },
  { href: '/saved', icon: book, name: () => t.tabSaved },
  { href: '/settings', icon: gear, name: () => t.tabSettings },
]

const Nowhere = () => (
  <NotFound hint={t.notFoundHint}>
    <a class="button main" href="/search">
      {t.goSearch}
    </a>
  </NotFound>
)

function Tabs() {
  const { path } = useLocation()
  return (
    <nav class="tabs" aria-label={t.menu}>
      {tabs.map(({ href, icon, name }) => (
        <a key={href} href={href} aria-current={path === href || (href !== '/' && path.startsWith(`${href}/`)) ? 'page' : undefined}>
          <Icon of={icon} />
          <span>{name()}</span>
        </a>
      ))}
    </nav>
  )
}

/** Whom to call, from any screen: one tap here, one on the number. */
function SOS() {
  const { path } = useLocation()
  return (
    <a class="sos" href="/emergency" aria-label={t.emergency} aria-current={path === '/emergency' ? 'page' : undefined}>
      <Icon of={phone} />
      <span>{t.emergency}</span>
    </a>
  )
}

/** A new version waits. */
const NewVersion = () =>
  newVersion.value && (
    <p class="ribbon good">
      <strong>{updating.value ? t.updating : t.newVersion}</strong>
      {!updating.value && (
        <button class="button" type="button" onClick={takeOver}>
          {t.update}
        </button>
      )}
    </p>
  )

/** Above every screen: whose session it is, and what the server wants to know before it goes on. */
const Session = () => (
  <ErrorBoundary>
    {mark.value && <Watch />}
    {need.value && (need.value.what === 'proof-needed' ? <Proof /> : <Door />)}
  </ErrorBoundary>
)

/** Here already when the first screen is drawn, where something is to be said. */
type Banner = Awaited<ReturnType<typeof banner>> | undefined

/** What threatens the place where the reader lives. */
function Warned({ first }: { first: Banner }) {
  const part = useLater(banner, !first) ?? first
  return (
    <div role="status">
      <ErrorBoundary>{part && <part.Banner />}</ErrorBoundary>
    </div>
  )
}

function App({ warned }: { warned: Banner }) {
  useEffect(() => {
    boot()
    // Something waits for a line: it goes without anybody asking.
    if (recall('reports')) void import('./modules/feedback/outbox').then(({ send }) => send())
  }, [])
  return (
    <LocationProvider>
      <a class="skip" href="#main">
        {t.skip}
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="34" height="34" />
          {province.app}
        </a>
        <SOS />
        {resident.value?.id && (
          <ErrorBoundary>
            <Bell />
          </ErrorBoundary>
        )}
      </header>
      <Session />
      <Warned first={warned} />
      <Ribbons busy={updating.value} still={t.offlineStill}>
        <NewVersion />
      </Ribbons>
      <Screens>
        <Route path="/" component={Home} />
        <Route path="/search" component={Search} />
        <Route path="/procedures/:code" component={Procedure} />
        <Route path="/places" component={Places} />
        <Route path="/places/:code" component={Place} />
        <Route path="/saved" component={Saved} />
        <Route path="/settings" component={Settings} />
        <Route path="/sign-in" component={SignIn} />
        <Route path="/lost-phone" component={LostPhone} />
        <Route path="/account" component={Account} />
        <Route path="/account/profile" component={Profile} />
        <Route path="/account/national-id" component={NationalId} />
        <Route path="/account/devices" component={Devices} />
        <Route path="/account/passkeys" component={Passkeys} />
        <Route path="/account/privacy" component={Privacy} />
        <Route path="/account/looks" component={Looks} />
        <Route path="/account/data" component={MyData} />
        <Route path="/dossiers" component={Dossiers} />
        <Route path="/dossiers/:code" component={Dossier} />
        <Route path="/dossiers/:code/followers" component={Followers} />
        <Route path="/payments" component={Payments} />
        <Route path="/payments/find" component={FindBill} />
        <Route path="/payments/return" component={Back} />
        <Route path="/payments/:code" component={Payment} />
        <Route path="/inbox" component={Inbox} />
        <Route path="/inbox/:id" component={Entry} />
        <Route path="/news" component={News} />
        <Route path="/news/:id" component={Article} />
        <Route path="/warnings" component={Warnings} />
        <Route path="/warnings/:id" component={Warning} />
        <Route path="/notifications" component={Notifications} />
        <Route path="/notifications/how" component={How} />
        <Route path="/notifications/following" component={Following} />
        <Route path="/emergency" component={Emergency} />
        <Route path="/reports" component={Reports} />
        <Route path="/reports/new/:operation" component={Write} />
        <Route path="/reports/public/:id?" component={PublicReports} />
        <Route path="/reports/:key" component={Report} />
        <Route path="/install" component={Install} />
        <Route path="/about" component={About} />
        <Route path="/design" component={Design} />
        <Route default component={Nowhere} />
      </Screens>
      <Tabs />
    </LocationProvider>
  )
}

const pause = (ms: number) => new Promise<undefined>(done => setTimeout(() => done(undefined), ms))

/** Nobody waits for it: the screens, which stand on this file, would be read no sooner. */
async function start() {
  // First of all it says which language is spoken.
  const words = begin(t, home)
  const warned = alarm() ? Promise.race([banner().catch(() => undefined), pause(1000)]) : undefined
  await words
  // A pause between reading the program and drawing: a tap, or the first paint, need not wait for both.
  await pause(0)
  const root = document.getElementById('app')!
  const heading = root.querySelector('h1')
  if (heading) {
    // The server has said already what this screen will show: it stays to be read until the rest is here, or too long on its way.
    trail.titles.set(location.pathname.split('/')[2]!, heading.textContent)
    await Promise.race([arrived, pause(1000)])
  }
  const part = await warned
  root.replaceChildren()
  render(<App warned={part} />, root)
}
void start()
