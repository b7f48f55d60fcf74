import { useSignal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { api, here, Problem } from '../../core/api'
import { connected } from '../../core/connection'
import { language } from '../../core/text'
import { Icon } from '../../core/ui'
import { back } from '../../core/ui/icons'
import type { Caller } from './begin'
import { CodeField } from './CodeField'
import { phone as kind, tidy } from './digits'
import './identity.css'
import './sign-in.css'
import { done, go, progress } from './progress'
import { ShownCode } from './ShownCode'
import { t } from './text'

export type Frame = ComponentType<{ title: string; children: ComponentChildren }>
type Props = { frame: Frame; onSignedIn: (caller: Caller) => Promise<void> | void }

/** Signing in, one question after the other; on a screen of its own or in a dialog over a form. */
export function Steps(props: Props) {
  return progress.value.step === 'code' && progress.value.sent ? <Code {...props} /> : <Phone {...props} />
}

/** Asked for whenever it is drawn: the language may change meanwhile. */
type Sentence = () => string

/** Why it did not go on, in words; the server's own where it has some. */
const why = (cause: unknown): Sentence => () => (cause instanceof Problem && !cause.offline ? cause.said.detail ?? cause.message : t.noLine)

async function send(phone: string) {
  const sent = await api('POST /api/identity/codes', { body: { phone, language: language.value } })
  go({ phone, digits: '', step: 'code', sent: { id: sent.id, phone, expires: here(sent.expires_at), again: here(sent.again_at), shown: sent.shown, tries: 0 } })
}

function Phone({ frame: Frame }: Props) {
  const { phone, shared, sent } = progress.value
  const field = useRef<HTMLInputElement>(null)
  const busy = useSignal(false)
  const said = useSignal<{ text: Sentence; stuck?: boolean } | undefined>(undefined)
  useLayoutEffect(() => {
    field.current!.value = kind.grouped(phone)
    field.current!.focus()
  }, [])

  async function ask() {
    if (busy.value) return
    const least = phone.startsWith('0') ? 10 : 9
    if (phone.length !== least) {
      said.value = { text: () => (phone.length < least ? t.phoneShort : t.phoneLong) }
      return field.current?.focus()
    }
    // Came back to look at the number, and it was right.
    if (sent?.phone === phone && sent.expires > Date.now()) return go({ step: 'code' })
    busy.value = true
    said.value = undefined
    try {
      await send(phone)
    } catch (cause) {
      said.value = { text: why(cause), stuck: cause instanceof Problem && (cause.status === 429 || cause.status >= 500) }
      busy.value = false
    }
  }

  const waiting = sent && sent.expires > Date.now()
  return (
    <Frame title={t.phoneTitle}>
      <p>{t.phoneLead}</p>
      <form class="steps" onSubmit={event => (event.preventDefault(), void ask())} noValidate>
        <div class="field">
          <label for="phone">{t.phoneLabel}</label>
          <input
            ref={field}
            class="input big"
            id="phone"
            type="tel"
            inputmode="tel"
            autocomplete="tel"
            enterkeyhint="next"
            placeholder="09…"
            readOnly={busy.value}
            aria-invalid={said.value ? true : undefined}
            aria-describedby={said.value ? 'phone-said' : undefined}
            onInput={event => {
              said.value = undefined
              go({ phone: tidy(event.currentTarget, progress.peek().phone, event.inputType, kind) })
            }}
          />
          <Said id="phone-said" text={said.value?.text()} />
        </div>
        <label class="choice">
          <input type="checkbox" checked={shared} onChange={event => go({ shared: event.currentTarget.checked })} />
          <span>
            {t.shared}
            <span class="hint">{t.sharedText}</span>
          </span>
        </label>
        <button class="button main full" type="submit" disabled={busy.value}>
          {busy.value ? t.sending : t.send}
        </button>
        {said.value?.stuck &&
          (waiting ? (
            <button class="button full" type="button" onClick={() => go({ step: 'code', phone: sent.phone })}>
              {t.haveCode}
            </button>
          ) : (
            <a class="button full" href="/places">
              {t.askDesk}
            </a>
          ))}
      </form>
    </Frame>
  )
}

const LIMIT = 5

function Code({ frame: Frame, onSignedIn }: Props) {
  const { digits, shared } = progress.value
  const sent = progress.value.sent!
  const field = useRef<HTMLInputElement>(null)
  const busy = useSignal<'checking' | 'sending' | undefined>(undefined)
  const said = useSignal<Sentence | undefined>(undefined)
  const told = useSignal(false)
  const stopped = useSignal(false)
  const now = useNow()
  const over = sent.expires <= now ? t.expired : sent.tries >= LIMIT ? t.spent : undefined

  async function check(typed: string) {
    if (busy.value) return
    busy.value = 'checking'
    said.value = undefined
    stopped.value = false
    try {
      const { caller } = await api('POST /api/identity/codes/{code_id}/sign-in', { code_id: sent.id, body: { digits: typed, shared } })
      done()
      await onSignedIn(caller!)
    } catch (cause) {
      busy.value = undefined
      if (cause instanceof Problem && cause.said.type === 'code-refused') {
        go({ digits: '', sent: { ...sent, tries: sent.tries + 1 } })
        said.value = () => t.wrong
      } else {
        said.value = why(cause)
        stopped.value = true
      }
      field.current?.focus()
    }
  }

  async function again() {
    busy.value = 'sending'
    said.value = undefined
    try {
      await send(sent.phone)
      told.value = true
    } catch (cause) {
      said.value = why(cause)
    }
    busy.value = undefined
    field.current?.focus()
  }

  const type = (typed: string) => {
    said.value = undefined
    told.value = false
    go({ digits: typed })
    if (typed.length === 6 && !over) void check(typed)
  }

  useLayoutEffect(() => field.current?.focus(), [])
  // Typed without a line, or just before the page was closed: once there is a line, nobody has to press anything.
  useEffect(() => {
    if (connected.value && digits.length === 6 && !over) void check(digits)
  }, [connected.value])
  useEffect(() => fromMessage(type), [sent.id])

  const wait = Math.ceil((sent.again - now) / 1000)
  const resend = (main: boolean) =>
    wait > 0 ? (
      <p class="hint">{t.againIn(`${Math.floor(wait / 60)}:${String(wait % 60).padStart(2, '0')}`)}</p>
    ) : (
      <button class={main ? 'button main full' : 'button'} type="button" disabled={!!busy.value} onClick={() => void again()}>
        {busy.value === 'sending' ? t.sending : main ? t.newCode : t.again}
      </button>
    )
  return (
    <Frame title={t.codeTitle}>
      <div class="sent-to">
        <p>
          {t.sentTo} <strong>{kind.grouped(sent.phone)}</strong>
        </p>
        <button class="button bare" type="button" onClick={() => go({ step: 'phone' })}>
          <Icon of={back} />
          {t.changePhone}
        </button>
      </div>
      {sent.shown && !over && <ShownCode code={sent.shown} title={t.demo} text={t.demoText} fill={t.fill} onFill={type} />}
      <form class="steps" onSubmit={event => (event.preventDefault(), digits.length === 6 && void check(digits))}>
        <CodeField label={t.codeTitle} value={digits} onInput={type} field={field} busy={!!busy.value} {...(over || said.value ? { said: 'code-said' } : {})} />
        <Said id="code-said" text={over ?? said.value?.()} />
        <p class="unseen" role="status">
          {told.value ? t.sentAgain : busy.value === 'checking' ? t.checking : ''}
        </p>
        {over ? (
          resend(true)
        ) : stopped.value ? (
          <button class="button main full" type="submit">
            {t.tryAgain}
          </button>
        ) : (
          busy.value === 'checking' && <p class="hint">{t.checking}</p>
        )}
      </form>
      {!over && (
        <>
          <p class="hint">{t.secret}</p>
          <div class="resend">
            <p>{told.value ? t.sentAgain : t.notCome}</p>
            {resend(false)}
          </div>
        </>
      )}
    </Frame>
  )
}

/** What is wrong, under the field, and read out at once. */
const Said = ({ id, text }: { id: string; text: string | undefined }) => (
  <p class="said" id={id} role="alert">
    {text}
  </p>
)

function useNow() {
  const now = useSignal(Date.now())
  useEffect(() => {
    const tick = setInterval(() => (now.value = Date.now()), 1000)
    return () => clearInterval(tick)
  }, [])
  return now.value
}

/** Where the browser reads codes out of messages by itself (WebOTP), it may. */
function fromMessage(tell: (digits: string) => void) {
  if (!('OTPCredential' in window)) return
  const stop = new AbortController()
  const asked = { otp: { transport: ['sms'] }, signal: stop.signal } as CredentialRequestOptions
  navigator.credentials.get(asked).then(found => tell((found as unknown as { code: string }).code), () => {})
  return () => stop.abort()
}

