import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { connected } from '../../core/connection'
import { Icon } from '../../core/ui'
import { back } from '../../core/ui/icons'
import { CodeField } from './CodeField'
import { type Sentence, why } from './deed'
import type { Sent } from './progress'
import { Said } from './Said'
import { ShownCode } from './ShownCode'
import './sign-in.css'
import { t } from './text'

const LIMIT = 5
/** When it is asked whether the message could be sent: the first carrier has its time, and then the others. */
const LOOKS = [6000, 25_000]

type Props = {
  sent: Sent
  digits: string
  /** What was typed, and how often it was wrong. */
  keep: (part: { digits: string; sent?: Sent }) => void
  /** Lets another code go to the same phone. */
  send: () => Promise<void>
  /** What the code is good for. */
  use: (digits: string) => Promise<unknown>
  /** The number, as people read it, and the way back to it where there is one. */
  to: string
  onChange?: () => void
  children?: ComponentChildren
}
/** Asks for the code that was sent: typed, pasted or filled in, it is tried at once. */
export default function CodeForm({ sent, digits, keep, send, use, to, onChange, children }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const busy = useSignal<'checking' | 'sending'>()
  const said = useSignal<Sentence>()
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
      await use(typed)
    } catch (cause) {
      busy.value = undefined
      if (cause instanceof Problem && cause.said.type === 'code-refused') {
        keep({ digits: '', sent: { ...sent, tries: sent.tries + 1 } })
        said.value = () => t.wrong
      } else {
        said.value = why(cause)
        stopped.value = true
      }
      field.current?.focus()
    }
  }

  async function look() {
    const cause = await api('GET /api/identity/codes/{code_id}', { code_id: sent.id }).catch((cause: unknown) => cause)
    if (cause instanceof Problem && cause.said.type === 'code-not-sent') said.value = why(cause)
  }

  async function again() {
    busy.value = 'sending'
    said.value = undefined
    try {
      await send()
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
    keep({ digits: typed })
    if (typed.length === 6 && !over) void check(typed)
  }

  useLayoutEffect(() => field.current?.focus(), [])
  // Typed without a line, or just before the page was closed: once there is a line, nobody has to press anything.
  useEffect(() => {
    if (connected.value && digits.length === 6 && !over) void check(digits)
  }, [connected.value])
  useEffect(() => fromMessage(type), [sent.id])
  // Whoever carries messages may be away: better to be told than to wait for nothing.
  useEffect(() => {
    const since = sent.again - 60_000 - Date.now()
    const looks = LOOKS.map(after => setTimeout(() => void look(), Math.max(0, since + after)))
    return () => looks.forEach(clearTimeout)
  }, [sent.id])

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
    <>
      <div class="sent-to">
        <p>
          {t.sentTo} <strong>{to}</strong>
        </p>
        {onChange && (
          <button class="button bare" type="button" onClick={onChange}>
            <Icon of={back} />
            {t.changePhone}
          </button>
        )}
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
        {stopped.value && children}
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
    </>
  )
}

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
