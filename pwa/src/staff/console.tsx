/** The whole console of staff on one page: what loads, which screens there are, and the frame around them. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { ErrorBoundary, lazy, LocationProvider, Route, useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import '../core/base.css'
import { Problem } from '../core/api'
import '../core/preferences'
import { province } from '../core/province'
import { screen } from '../core/screen'
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
import { t as dossiers } from './dossiers/text'
import { t as feedback } from './feedback/text'
import { Menu } from './Menu'
import { t as residentsWarnings } from '../modules/news/warnings/text'
import { t as warnings } from './warnings/text'
import { t as words } from './words/text'
import { t as news } from './news/text'
import './room'
import { SignIn } from './sign-in/SignIn'
import './staff.css'
import { t } from './text'

const Watch = screen(identity, () => import('../modules/identity/Watch'))
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
const Dossiers = screen(dossiers, () => import('./dossiers/Day'))
const Register = screen(dossiers, () => import('./dossiers/Register'))
const Dossier = screen(dossiers, () => import('./dossiers/Dossier'))
const Figures = screen(dossiers, () => import('./dossiers/Figures'))
const Calendar = screen(calendar, () => import('./calendar/Calendar'))
const Elsewhere = screen([dossiers, elsewhere], () => import('./dossiers/elsewhere/Elsewhere'))
const Feeds = screen(feeds, () => import('./feeds/Feeds'))
const Offices = screen(dossiers, () => import('./dossiers/Offices'))
const News = screen(news, () => import('./news/News'))
const Article = screen([news, residentsNews], () => import('./news/Article'))
const Warnings = screen(warnings, () => import('./warnings/Warnings'))
const Warning = screen([warnings, residentsWarnings], () => import('./warnings/Warning'))
const Charges = screen(payments, () => import('./payments/Charges'))
const Charge = screen(payments, () => import('./payments/Charge'))
const Refunds = screen(payments, () => import('./payments/Refunds'))
const Findings = screen(payments, () => import('./payments/Findings'))
const Ledger = screen(payments, () => import('./payments/Ledger'))
const Day = screen(payments, () => import('./payments/Day'))
const Tables = screen(payments, () => import('./payments/Tables'))
const Check = screen([payments, residentsPayments], () => import('./payments/Check'))
const Reports = screen(feedback, () => import('./feedback/Queue'))
const Report = screen(feedback, () => import('./feedback/Report'))
const ReportSetup = screen(feedback, () => import('./feedback/Setup'))
const Words = screen(words, () => import('./words/Words'))
const Bell = screen(bell, () => import('./bell/Bell'))
const Account = lazy(() => import('./account/Account'))

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
const unasked = signal<Problem | undefined>(undefined)
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
              <Route path="/staff" component={Home} />
              <Route path="/staff/dossiers" component={Dossiers} />
              <Route path="/staff/dossiers/new" component={Register} />
              <Route path="/staff/dossiers/elsewhere" component={Elsewhere} />
              <Route path="/staff/dossiers/:id" component={Dossier} />
              <Route path="/staff/bell" component={Bell} />
              <Route path="/staff/reports" component={Reports} />
              <Route path="/staff/reports/setup" component={ReportSetup} />
              <Route path="/staff/reports/:id" component={Report} />
              <Route path="/staff/news" component={News} />
              <Route path="/staff/news/:id" component={Article} />
              <Route path="/staff/warnings" component={Warnings} />
              <Route path="/staff/warnings/:id" component={Warning} />
              <Route path="/staff/payments" component={Charges} />
              <Route path="/staff/payments/refunds" component={Refunds} />
              <Route path="/staff/payments/findings" component={Findings} />
              <Route path="/staff/payments/ledger" component={Ledger} />
              <Route path="/staff/payments/day" component={Day} />
              <Route path="/staff/payments/tables" component={Tables} />
              <Route path="/staff/payments/check" component={Check} />
              <Route path="/staff/payments/:id" component={Charge} />
              <Route path="/staff/figures" component={Figures} />
              <Route path="/staff/words" component={Words} />
              <Route path="/staff/calendar" component={Calendar} />
              <Route path="/staff/feeds" component={Feeds} />
              <Route path="/staff/offices" component={Offices} />
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
await begin(core, t)
const root = document.getElementById('app')!
root.replaceChildren()
render(<App />, root)
