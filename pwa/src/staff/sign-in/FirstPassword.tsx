import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { start } from '../../core/session'
import { Await } from '../../core/ui'
import { begin } from '../../modules/identity/begin'
import { useDeed } from '../deed'
import { t } from '../text'
import { moment } from '../times'
import { Facts, Name, PasswordField, Said } from '../ui'
import { Code, type Second } from './Steps'
import { Gate } from './SignIn'

const SHORTEST = 12

/** From a one-time link to a password, and on to the authenticator app. */
export default function FirstPassword() {
  const { route } = useLocation()
  const second = useSignal<Second>()
  // Behind `#`, which no server ever sees. It stays in the address until it is used: a reload loses nothing.
  const secret = useSignal(location.hash.slice(1))
  const owner = useAsk('first-password', signal => api('POST /api/identity/staff-sign-in/link', { body: { secret: secret.peek() || '-' } }, signal))

  async function signedIn(caller: Parameters<typeof begin>[0]) {
    await begin(caller)
    // The first thing to do is to have a second way in.
    route('/staff/account?welcome', true)
  }
  if (second.value) return <Code frame={Gate} second={second.value} onSignedIn={signedIn} back={() => location.replace(start)} />
  return (
    <Gate title={t.firstPassword} lead={t.firstPasswordLead}>
      {owner.failed && !owner.failed.offline ? (
        <Refused problem={owner.failed} />
      ) : (
        <Await of={owner}>{({ login, name, expires_at }) => <Choose login={login} name={name} until={expires_at} secret={secret.value} on={step => ((second.value = step), history.replaceState(null, '', location.pathname))} />}</Await>
      )}
    </Gate>
  )
}

const Refused = ({ problem }: { problem: Problem }) => (
  <>
    <Said text={problem.said.title ?? t.failed} />
    <p>
      <a class="button" href={start} onClick={() => location.replace(start)}>
        {t.toSignIn}
      </a>
    </p>
  </>
)

function Choose({ login, name, until, secret, on }: { login: string; name: string; until: string; secret: string; on: (step: Second) => void }) {
  const password = useSignal('')
  const { busy, said, run } = useDeed()
  const left = SHORTEST - password.value.length
  const choose = () => run(async () => on(await api('POST /api/identity/staff-sign-in/first-password', { body: { secret, password: password.value } })))
  return (
    <form class="form" onSubmit={event => (event.preventDefault(), void choose())}>
      <Facts
        of={[
          [t.yourName, <Name of={name} />],
          [t.login, <strong>{login}</strong>],
          [t.linkUntil, moment(until)],
        ]}
      />
      {/* For the browser's own list of passwords. */}
      <input class="unseen" type="text" name="username" autocomplete="username" value={login} readOnly tabIndex={-1} aria-hidden="true" />
      <PasswordField label={t.newPassword} hint={left > 0 && password.value ? t.lettersLeft(left) : t.passwordRule} said={said.value || undefined} value={password.value} onInput={typed => ((said.value = ''), (password.value = typed))} fresh />
      <button class="button main full" type="submit" disabled={busy.value || left > 0}>
        {busy.value ? t.saving : t.choosePassword}
      </button>
    </form>
  )
}
