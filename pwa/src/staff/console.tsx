/** The whole console of staff on one page: what loads, which screens there are, and the frame around them. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { ErrorBoundary, lazy, LocationProvider, Route, Router, useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import '../core/base.css'
import { Problem } from '../core/api'
import { connected } from '../core/connection'
import '../core/preferences'
import { province } from '../core/province'
import { mark, meet, need } from '../core/session'
import { begin } from '../core/text'
import { t as core } from '../core/text/words'
import { Empty, Failed, Icon } from '../core/ui'
import { cloud } from '../core/ui/icons'
import { Watch } from '../modules/identity'
import { caller, recognise } from '../modules/identity/begin'
import '../modules/identity/identity.css'
import { lapsed, member } from './access'
import { Menu } from './Menu'
import './room'
import { SignIn } from './sign-in/SignIn'
import './staff.css'
import { t } from './text'
import { Screen, Skeleton } from './ui'

const Home = lazy(() => import('./Home'))
const FirstPassword = lazy(() => import('./sign-in/FirstPassword'))
const Door = lazy(() => import('./sign-in/Door'))
const Requests = lazy(() => import('./privacy/Requests'))
const Request = lazy(() => import('./privacy/Request'))
const Audit = lazy(() => import('./privacy/Audit'))
const People = lazy(() => import('./people/People'))
const Person = lazy(() => import('./people/Person'))
const NewPerson = lazy(() => import('./people/NewPerson'))
const Roles = lazy(() => import('./people/Roles'))
const Review = lazy(() => import('./people/Review'))
const Recovery = lazy(() => import('./people/Recovery'))
const Partners = lazy(() => import('./people/Partners'))
const Account = lazy(() => import('./account/Account'))

const NotFound = () => (
  <Screen title={core.notFound}>
    <Empty title={t.notFoundHint}>
      <a class="button main" href="/staff">
        {t.toHome}
      </a>
    </Empty>
  </Screen>
)

/** The new screen begins at its heading, unless it has already put the cursor somewhere. */
const begun = () => {
  if (!document.getElementById('main')?.contains(document.activeElement)) document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

/** The next screen is still on its way. */
const moving = signal(false)
/** A screen could not be fetched, or fell over. */
const broken = signal(false)
addEventListener('vite:preloadError', event => {
  event.preventDefault()
  broken.value = true
})

function Ribbons() {
  return (
    <div role="status">
      {moving.value && (
        <p class="moving">
          <span class="unseen">{core.loading}</span>
        </p>
      )}
      {!connected.value && (
        <p class="ribbon">
          <strong>
            <Icon of={cloud} />
            {core.offlineBar}
          </strong>
          {t.offlineStill}
        </p>
      )}
    </div>
  )
}

function Screens() {
  const { url } = useLocation()
  useEffect(() => {
    broken.value = false
  }, [url])
  if (broken.value)
    return (
      <Screen title={core.broken}>
        <Empty title={core.brokenHint}>
          <button class="button main" type="button" onClick={() => location.reload()}>
            {core.reload}
          </button>
        </Empty>
      </Screen>
    )
  return (
    <ErrorBoundary onError={() => (broken.value = true)}>
      <Router onRouteChange={begun} onLoadStart={() => (moving.value = true)} onLoadEnd={() => (moving.value = false)}>
        <Route path="/staff" component={Home} />
        <Route path="/staff/requests" component={Requests} />
        <Route path="/staff/requests/:id" component={Request} />
        <Route path="/staff/recovery" component={Recovery} />
        <Route path="/staff/people" component={People} />
        <Route path="/staff/people/new" component={NewPerson} />
        <Route path="/staff/people/:id" component={Person} />
        <Route path="/staff/roles" component={Roles} />
        <Route path="/staff/review" component={Review} />
        <Route path="/staff/partners" component={Partners} />
        <Route path="/staff/audit" component={Audit} />
        <Route path="/staff/account" component={Account} />
        <Route default component={NotFound} />
      </Router>
    </ErrorBoundary>
  )
}

/** Above every screen: whose session it is, and what the server wants to know before it goes on. */
function Session() {
  useEffect(() => {
    if (lapsed.value) void meet('sign-in-needed')
  }, [lapsed.value])
  return (
    <ErrorBoundary>
      {mark.value && <Watch />}
      {need.value && <Door />}
    </ErrorBoundary>
  )
}

/** Nobody is known yet, and it could not be asked. */
const unasked = signal<Problem | undefined>(undefined)
async function ask() {
  unasked.value = undefined
  await recognise().catch(cause => (unasked.value = cause instanceof Problem ? cause : new Problem(500)))
}

function Console() {
  const { path } = useLocation()
  if (path === '/staff/first-password')
    return (
      <ErrorBoundary>
        <FirstPassword />
      </ErrorBoundary>
    )
  if (member.value)
    return (
      <>
        <a class="skip" href="#main">
          {core.skip}
        </a>
        <Session />
        <div class="console">
          <Menu />
          <div class="work">
            <Ribbons />
            <Screens />
          </div>
        </div>
      </>
    )
  if (unasked.value)
    return (
      <main class="page" id="main">
        <h1 class="unseen">{province.app}</h1>
        <Failed problem={unasked.value} again={() => void ask()} />
      </main>
    )
  return caller.value === undefined ? <Skeleton /> : <SignIn />
}

const App = () => (
  <LocationProvider scope="/staff">
    <Console />
  </LocationProvider>
)

void ask()
await begin(core, t)
const root = document.getElementById('app')!
root.replaceChildren()
render(<App />, root)
