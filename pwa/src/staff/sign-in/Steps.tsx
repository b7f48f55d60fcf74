import { useSignal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { api, here, Problem, type Reply } from '../../core/api'
import type { Caller } from '../../modules/identity/begin'
import { CodeField } from '../../modules/identity/CodeField'
import { passkeysHere, usePasskey } from '../../modules/identity/passkey'
import { ShownCode } from '../../modules/identity/ShownCode'
import { useDeed } from '../deed'
import { Copy, Field, Icon, PasswordField, Said } from '../ui'
import { key } from '../icons'
import { t } from '../text'

export type Second = Reply<'POST /api/identity/staff-sign-in/password'>
export type Frame = ComponentType<{ title: string; lead?: string; children: ComponentChildren }>
type Props = { frame: Frame; onSignedIn: (caller: Caller) => Promise<unknown> | void }

const NAME = 'staff-login'
const kept = () => {
  try {
    return sessionStorage.getItem(NAME) ?? ''
  } catch {
    return ''
  }
}

/** Signing in: a passkey does it at once; else the password, then the code of the authenticator app. */
export function Steps(props: Props) {
  const second = useSignal<Second>()
  const lost = useSignal('')
  const back = (why = '') => {
    second.value = undefined
    lost.value = why
  }
  return second.value ? <Code {...props} second={second.value} back={back} /> : <First {...props} lost={lost.value} on={step => (second.value = step)} />
}

function First({ frame: Frame, onSignedIn, lost, on }: Props & { lost: string; on: (step: Second) => void }) {
  const login = useSignal(kept())
  const password = useSignal('')
  const refused = useSignal(false)
  const { busy, said, run } = useDeed()
  const field = useRef<HTMLInputElement>(null)

  const withPasskey = () =>
    run(async () => {
      const { options } = await api('POST /api/identity/passkeys/sign-in/options', {})
      const credential = await usePasskey(options)
      const { caller } = await api('POST /api/identity/passkeys/sign-in', { body: { credential, shared: false } })
      if (caller!.kind !== 'staff') throw new Problem(403, { title: t.notStaff })
      await onSignedIn(caller!)
    })

  async function withPassword() {
    try {
      sessionStorage.setItem(NAME, login.value.trim())
    } catch {
      // Storage forbidden: it is typed again.
    }
    refused.value = false
    const body = { login: login.value.trim(), password: password.value }
    const wrong = ({ said: { type } }: Problem) => type === 'sign-in-refused' && (refused.value = true)
    if (!(await run(async () => on(await api('POST /api/identity/staff-sign-in/password', { body })), wrong))) field.current?.select()
  }

  return (
    <Frame title={t.signIn} lead={t.signInLead}>
      {passkeysHere && (
        <>
          <button class="button main full" type="button" disabled={busy.value} onClick={() => void withPasskey()}>
            <Icon of={key} />
            {t.withPasskey}
          </button>
          <div class="or">
            <p class="hint">{t.orPassword}</p>
          </div>
        </>
      )}
      <form class="form" onSubmit={event => (event.preventDefault(), void withPassword())}>
        <Field label={t.login}>
          {is => <input {...is} class="input" name="username" autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={40} required value={login.value} onInput={event => (login.value = event.currentTarget.value)} />}
        </Field>
        <PasswordField label={t.password} value={password.value} onInput={typed => (password.value = typed)} field={field} />
        <Said text={said.value || (refused.value ? t.refused : lost)} />
        <button class={passkeysHere ? 'button full' : 'button main full'} type="submit" disabled={busy.value}>
          {busy.value ? t.checking : t.goOn}
        </button>
      </form>
      <p class="hint">{t.forgotten}</p>
    </Frame>
  )
}

/** The code of the app; before it, for whoever has none yet, the way to have one. */
export function Code({ frame: Frame, onSignedIn, second, back }: Props & { second: Second; back: (why?: string) => void }) {
  const digits = useSignal('')
  const field = useRef<HTMLInputElement>(null)
  const { busy, said, run } = useDeed()
  useLayoutEffect(() => field.current?.focus(), [])
  useEffect(() => {
    const over = setTimeout(() => back(t.tooLate), here(second.expires_at) - Date.now())
    return () => clearTimeout(over)
  }, [second])

  async function check(typed: string) {
    const wrong = ({ said: { type } }: Problem) => {
      // Begun in another tab, or too long ago.
      if (type === 'sign-in-lost') back(t.tooLate)
      else if (type === 'code-refused') said.value = t.wrongCode
      else return false
      return true
    }
    const right = await run(async () => {
      const { caller } = await api('POST /api/identity/staff-sign-in/code', { body: { digits: typed } })
      await onSignedIn(caller!)
    }, wrong)
    if (right) return
    if (said.value === t.wrongCode) digits.value = ''
    field.current?.focus()
  }

  const type = (typed: string) => {
    said.value = ''
    digits.value = typed
    if (typed.length === 6) void check(typed)
  }

  return (
    <Frame title={second.enrol ? t.enrolTitle : t.codeTitle} lead={second.enrol ? t.enrolLead : t.codeLead}>
      {second.enrol && <Enrolment {...second.enrol} />}
      {second.shown && <ShownCode code={second.shown} title={t.demo} text={t.demoCode} fill={t.fill} onFill={type} />}
      <form class="form" onSubmit={event => (event.preventDefault(), digits.value.length === 6 && void check(digits.value))}>
        <CodeField label={t.codeLabel} value={digits.value} onInput={type} field={field} busy={busy.value} {...(said.value ? { said: 'code-said' } : {})} />
        <Said id="code-said" text={said.value} />
        {digits.value.length === 6 && (
          <button class="button main full" type="submit" disabled={busy.value}>
            {busy.value ? t.checking : t.retry}
          </button>
        )}
      </form>
      <div>
        <button class="button bare" type="button" onClick={() => back()}>
          {t.startAgain}
        </button>
      </div>
    </Frame>
  )
}

/** What an authenticator app needs: to scan, or to type. */
const Enrolment = ({ secret, uri, qr }: NonNullable<Second['enrol']>) => (
  <div class="enrol">
    <ol class="numbered">
      <li>{t.enrolApp}</li>
      <li>{t.enrolScan}</li>
      <li>{t.enrolType}</li>
    </ol>
    <img class="qr" src={qr} alt={t.qr} width="220" height="220" />
    <details class="more-quiet">
      <summary>{t.cannotScan}</summary>
      <p>{t.typeSecret}</p>
      <p class="once">
        <code>{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <div class="buttons">
        <Copy text={secret} what="" label={t.copy} />
        <a class="button" href={uri}>
          {t.openApp}
        </a>
      </div>
    </details>
  </div>
)

