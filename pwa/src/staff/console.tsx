/** The whole console of staff on one page: what loads, which screens there are, and the frame around them. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { ErrorBoundary, LocationProvider, Route, useLocation } from 'preact-iso'
import { exec } from 'preact-iso/router'
import { useEffect } from 'preact/hooks'
import '../core/base.css'
import { Problem } from '../core/api'
import '../core/preferences'
import { province } from '../core/province'
import { lazy, screen } from '../core/screen'
import { mark, meet, need } from '../core/session'
import { begin } from '../core/text'
import { t as core } from '../core/text/words'
import { Failed, Skeleton } from '../core/ui'
import { NotFound, Ribbons, Screens } from '../core/ui/Screens'
import { caller, recognise, tellLate } from '../modules/identity/begin'
import '../modules/identity/identity.css'
import { t as identity } from '../modules/identity/text'
import { t as residentsNews } from '../modules/news/text'
import { lapsed, member } from './access'
import { t as residentsPayments } from '../modules/payments/text'
import { t as bell } from './bell/text'
import { t as calendar } from './calendar/text'
import { t as payments } from './payments/text'
import { t as feeds } from './feeds/text'
import { t as elsewhere } from './dossiers/elsewhere/text'
import { t as offices } from './dossiers/offices/text'
import { t as dossiers } from './dossiers/text'
import { t as feedback } from './feedback/text'
import { Menu } from './Menu'
import { t as residentsWarnings } from '../modules/news/warnings/text'
import { t as warnings } from './warnings/text'
import { t as words } from './words/text'
import { t as news } from './news/text'
import { t as ringing } from './ringing/text'
import './room'
import { SignIn } from './sign-in/SignIn'
import './staff.css'
import { t } from './text'

const Watch = screen(identity, () => import('../modules/identity/Watch'))
const FirstPassword = lazy(() => import('./sign-in/FirstPassword'))
const Door = lazy(() => import('./sign-in/Door'))

/** The first that fits is shown. */
const SCREENS = [
  ['/staff', lazy(() => import('./Home'))],
  ['/staff/dossiers', screen(dossiers, () => import('./dossiers/Day'))],
  ['/staff/dossiers/new', screen(dossiers, () => import('./dossiers/Register'))],
  ['/staff/dossiers/elsewhere', screen([dossiers, elsewhere], () => import('./dossiers/elsewhere/Elsewhere'))],
  ['/staff/dossiers/:id', screen(dossiers, () => import('./dossiers/Dossier'))],
  ['/staff/bell', screen(bell, () => import('./bell/Bell'))],
  ['/staff/reports', screen(feedback, () => import('./feedback/Queue'))],
  ['/staff/reports/setup', screen(feedback, () => import('./feedback/Setup'))],
  ['/staff/reports/:id', screen(feedback, () => import('./feedback/Report'))],
  ['/staff/news', screen(news, () => import('./news/News'))],
  ['/staff/news/:id', screen([news, residentsNews, ringing], () => import('./news/Article'))],
  ['/staff/warnings', screen(warnings, () => import('./warnings/Warnings'))],
  ['/staff/warnings/:id', screen([warnings, residentsWarnings, ringing], () => import('./warnings/Warning'))],
  ['/staff/payments', screen(payments, () => import('./payments/Charges'))],
  ['/staff/payments/refunds', screen(payments, () => import('./payments/Refunds'))],
  ['/staff/payments/findings', screen(payments, () => import('./payments/Findings'))],
  ['/staff/payments/ledger', screen(payments, () => import('./payments/Ledger'))],
  ['/staff/payments/day', screen(payments, () => import('./payments/Day'))],
  ['/staff/payments/tables', screen(payments, () => import('./payments/Tables'))],
  ['/staff/payments/check', screen([payments, residentsPayments], () => import('./payments/Check'))],
  ['/staff/payments/:id', screen(payments, () => import('./payments/Charge'))],
  ['/staff/figures', screen(dossiers, () => import('./dossiers/Figures'))],
  ['/staff/words/:list?', screen(words, () => import('./words/Words'))],
  ['/staff/calendar', screen(calendar, () => import('./calendar/Calendar'))],
  ['/staff/feeds', screen(feeds, () => import('./feeds/Feeds'))],
  ['/staff/offices', screen(offices, () => import('./dossiers/offices/Offices'))],
  ['/staff/requests', lazy(() => import('./privacy/Requests'))],
  ['/staff/requests/:id', lazy(() => import('./privacy/Request'))],
  ['/staff/recovery', lazy(() => import('./people/Recovery'))],
  ['/staff/people', lazy(() => import('./people/People'))],
  ['/staff/people/new', lazy(() => import('./people/NewPerson'))],
  ['/staff/people/:id', lazy(() => import('./people/Person'))],
  ['/staff/roles', lazy(() => import('./people/Roles'))],
  ['/staff/review', lazy(() => import('./people/Review'))],
  ['/staff/partners', lazy(() => import('./people/Partners'))],
  ['/staff/audit', lazy(() => import('./privacy/Audit'))],
  ['/staff/design', lazy(() => import('./design/Design'))],
  ['/staff/account', lazy(() => import('./account/Account'))],
] as const

const Nowhere = () => (
  <NotFound hint={t.notFoundHint}>
    <a class="button main" href="/staff">
      {t.toHome}
    </a>
  </NotFound>
)

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
const unasked = signal<Problem>()
async function ask() {
  unasked.value = undefined
  // Signed out from elsewhere, or without a line: the server hears so first, or it would say the same again and again.
  await (mark.peek()?.leaving ? tellLate().then(recognise) : recognise()).catch(cause => (unasked.value = cause instanceof Problem ? cause : new Problem(500)))
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
            <Ribbons still={t.offlineStill} />
            <Screens>
              {SCREENS.map(([path, component]) => (
                <Route key={path} path={path} component={component} />
              ))}
              <Route default component={Nowhere} />
            </Screens>
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
const begun = begin(core, t)
// In the language that is chosen by now, and while its reader is recognised, the screen of this address comes.
SCREENS.find(([path]) => exec(location.pathname, path))?.[1].preload().catch(() => {})
await begun
const root = document.getElementById('app')!
root.replaceChildren()
render(<App />, root)
