import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Problem } from '../../core/api'
import { iPhone } from '../../core/device'
import { useAsk } from '../../core/ask'
import { agree, type Message, type PushState, pushState, tryOut, turnOff, turnOn, wayAbroad } from '../../core/push'
import { resident } from '../../core/session'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Icon, Note, Page, Row, Skeleton } from '../../core/ui'
import { bell, check, gear, pin } from '../../core/ui/icons'
import './notifications.css'
import { t } from './text'

type Busy = 'on' | 'off' | 'try' | undefined

export default function Notifications() {
  const state = useSignal<PushState>()
  const busy = useSignal<Busy>(undefined)
  const problem = useSignal<Problem>()
  const message = useSignal<Message>()
  const tried = useSignal(false)

  const look = () => void pushState().then(now => (state.value = now), () => (state.value = 'unsupported'))
  useEffect(() => {
    look()
    // Back from the phone's settings: what was denied may be allowed now.
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])

  async function act(what: Busy, deed: () => Promise<unknown>) {
    busy.value = what
    problem.value = undefined
    try {
      await deed()
    } catch (cause) {
      problem.value = cause instanceof Problem ? cause : new Problem(504)
    }
    busy.value = undefined
  }
  // Whoever is signed in is told what is theirs, and agrees to the way it takes in the same tap.
  const own = !!resident.value?.ends && !resident.value.shared
  const way = useAsk(`way abroad ${own} ${language.value}`, async signal => (own ? wayAbroad(signal) : null))
  const agreeing = () => act('on', async () => (await agree(way.value!.version), way.again()))
  const change = (what: 'on' | 'off') =>
    act(what, async () => {
      state.value = await (what === 'on' ? turnOn() : turnOff())
      if (state.value === 'on' && way.value) await agree(way.value.version).then(way.again)
    })
  const test = () =>
    act('try', async () => {
      message.value = undefined
      tried.value = true
      await tryOut(now => (message.value = now))
    })

  return (
    <Page title={t.title} back={['/settings', t.back]}>
      {!state.value && <Skeleton rows={2} />}
      {state.value === 'unsupported' && (
        <Note tone="warn" title={t.unsupported}>
          {t.unsupportedText}
        </Note>
      )}
      {state.value === 'install-first' && (
        <Note tone="warn" title={t.installFirst}>
          <p>{t.installFirstText}</p>
          <a class="button" href="/install">
            {t.installHow}
          </a>
        </Note>
      )}
      {state.value === 'denied' && (
        <Note tone="bad" title={t.denied}>
          <p>{t.deniedText}</p>
          <ol class="numbered">
            {(iPhone ? t.deniedIphone : t.deniedAndroid).map(step => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Note>
      )}
      {state.value === 'off' && (
        <div class="card">
          <State icon={bell} name={t.off} text={t.offText} />
          {way.value && <p class="hint">{way.value.text}</p>}
          <button class="button main" type="button" disabled={!!busy.value} onClick={() => void change('on')}>
            {busy.value ? t.turningOn : t.turnOn}
          </button>
        </div>
      )}
      {state.value === 'on' && way.value && !way.value.given_at && (
        <div class="card">
          <State icon={bell} name={t.mine} text={way.value.text} />
          <button class="button main" type="button" disabled={!!busy.value} onClick={() => void agreeing()}>
            {t.agree}
          </button>
        </div>
      )}
      {state.value === 'on' && (
        <div class="card">
          <State icon={check} name={t.on} text={way.value?.given_at ? t.onMine : t.onText} />
          <button class={way.value && !way.value.given_at ? 'button' : 'button main'} type="button" disabled={!!busy.value} onClick={() => void test()}>
            {busy.value === 'try' ? t.trying : tried.value ? t.again : t.tryOut}
          </button>
          {tried.value && <Journey message={message.value} over={!busy.value && !problem.value} />}
          <button class="button bare" type="button" disabled={!!busy.value} onClick={() => void change('off')}>
            {t.turnOff}
          </button>
        </div>
      )}
      <ul class="card rows">
        <Row href="/notifications/following" icon={pin} title={t.following}>
          <span class="hint">{t.followingText}</span>
        </Row>
        {own && (
          <Row href="/notifications/how" icon={gear} title={t.how}>
            <span class="hint">{t.howText}</span>
          </Row>
        )}
      </ul>
      {problem.value && (
        <div role="alert">
          <Note tone="bad" title={problem.value.offline ? core.noConnection : problem.value.said.title ?? (state.value === 'off' ? t.notOn : t.failed)}>
            {problem.value.offline ? core.noConnectionHint : problem.value.status === 429 ? t.tooOften : problem.value.status === 504 ? t.noService : problem.value.said.detail}
          </Note>
        </div>
      )}
    </Page>
  )
}

const State = ({ icon, name, text }: { icon: string; name: string; text: string }) => (
  <div class="push-state">
    <span class="blob">
      <Icon of={icon} />
    </span>
    <div>
      <p class="strong" role="status">
        {name}
      </p>
      <p>{text}</p>
    </div>
  </div>
)

/** How far the trial message has come: out of our house, at the push service, on the screen. */
function Journey({ message, over }: { message: Message | undefined; over: boolean }) {
  const steps = { sent: !!message, accepted: !!message?.accepted_at || !!message?.shown_at, shown: !!message?.shown_at }
  const lost = message?.state === 'gone' || message?.state === 'failed'
  return (
    <div role="status">
      <ol class="journey">
        {(['sent', 'accepted', 'shown'] as const).map(step => (
          <li key={step} class={steps[step] ? 'done' : undefined}>
            <span class="dot">{steps[step] && <Icon of={check} />}</span>
            {t.steps[step]}
            <span class="unseen">{steps[step] ? t.done : t.waiting}</span>
          </li>
        ))}
      </ol>
      {steps.shown ? <Note tone="good" icon={check}>{t.worked}</Note> : over && <Note tone="warn">{lost ? t.gone : t.notShown}</Note>}
    </div>
  )
}
