import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useRef } from 'preact/hooks'
import { api, Problem } from '../../../core/api'
import { language } from '../../../core/text'
import { Icon, Page } from '../../../core/ui'
import { pin } from '../../../core/ui/icons'
import { begin } from '../begin'
import { CodeForm, codeForm } from '../code'
import type { Sentence } from '../deed'
import { desk, known, phone as kind } from '../digits'
import '../identity.css'
import { NumberField } from '../NumberField'
import { PhoneForm, SharedChoice } from '../PhoneForm'
import { keeping, onItsWay, type Sent } from '../progress'
import '../sign-in.css'
import { t as signing } from '../text'
import { t } from './text'

type Progress = { step: 'desk' | 'phone' | 'code'; deskCode: string; knownBy: string; phone: string; shared: boolean; digits: string; sent?: Sent | undefined }
/** As long as the officer's code lives; somebody else of this device finds nothing afterwards. */
const LIFE = 15 * 60_000
const { state, go, done } = keeping<Progress>('recovery', { step: 'desk', deskCode: '', knownBy: '', phone: '', shared: false, digits: '' }, LIFE)

/** The desk's code moves the account to a new number, whose owner types the code that comes to it. */
export default function LostPhone() {
  const { route } = useLocation()
  const { step, deskCode, knownBy, phone, shared, digits, sent } = state.value
  const refused = useSignal<Sentence>()

  async function send(number: string) {
    await codeForm()
    go({ phone: number, digits: '', step: 'code', sent: onItsWay(number, await api('POST /api/identity/recovery/codes', { body: { phone: number, language: language.value } })) })
  }
  async function move(code: Sent, typed: string) {
    try {
      const { caller } = await api('POST /api/identity/recovery/codes/{code_id}', { code_id: code.id, body: { digits: typed, desk_digits: deskCode, known_by: knownBy, shared } })
      done()
      if (await begin(caller!)) location.replace('/account?moved')
      else route('/account?moved', true)
    } catch (cause) {
      if (!(cause instanceof Problem && cause.said.type === 'desk-code-refused')) throw cause
      // The code of the phone is still good: back to what was wrong, and then on to it.
      refused.value = () => cause.said.title ?? ''
      go({ step: 'desk', digits: '' })
    }
  }

  if (step === 'code' && sent)
    return (
      <Page title={signing.codeTitle}>
        <CodeForm sent={sent} digits={digits} keep={go} send={() => send(sent.phone)} use={typed => move(sent, typed)} to={kind.grouped(sent.phone)} onChange={() => go({ step: 'phone' })} />
      </Page>
    )
  if (step === 'phone')
    return (
      <Page title={t.phoneTitle}>
        <p>{t.phoneLead}</p>
        <PhoneForm phone={phone} onInput={typed => go({ phone: typed })} sent={sent} send={send} onSent={number => go({ step: 'code', phone: number })} autocomplete="tel">
          <SharedChoice shared={shared} onChange={chosen => go({ shared: chosen })} />
        </PhoneForm>
        <div>
          <button class="button bare" type="button" onClick={() => go({ step: 'desk' })}>
            {t.back}
          </button>
        </div>
      </Page>
    )
  return (
    <Page title={t.title} back={['/sign-in', signing.signIn]}>
      <p>{t.lead}</p>
      <ol class="numbered">
        {t.steps.map(one => (
          <li key={one}>{one}</li>
        ))}
      </ol>
      <div>
        <a class="button" href="/places">
          <Icon of={pin} />
          {t.findDesk}
        </a>
      </div>
      <Desk deskCode={deskCode} knownBy={knownBy} refused={refused.value} onInput={() => (refused.value = undefined)} onDone={() => go({ step: sent && sent.expires > Date.now() ? 'code' : 'phone' })} />
    </Page>
  )
}

type Props = { deskCode: string; knownBy: string; refused: Sentence | undefined; onInput: () => void; onDone: () => void }
function Desk({ deskCode, knownBy, refused, onInput, onDone }: Props) {
  const codeField = useRef<HTMLInputElement>(null)
  const knownField = useRef<HTMLInputElement>(null)
  const said = useSignal<{ deskCode?: Sentence; knownBy?: Sentence }>({})
  function check() {
    const wrong: typeof said.value = {}
    if (deskCode.length !== 8) wrong.deskCode = () => t.deskCodeLength(deskCode.length)
    if (knownBy.length !== 10 && knownBy.length !== 12) wrong.knownBy = () => t.knownByLength
    said.value = wrong
    if (wrong.deskCode) codeField.current?.focus()
    else if (wrong.knownBy) knownField.current?.focus()
    else onDone()
  }
  const typed = (part: Partial<Progress>) => {
    said.value = {}
    onInput()
    go(part)
  }
  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), check())} noValidate>
      <NumberField id="desk-code" label={t.deskCode} kind={desk} value={deskCode} field={codeField} said={(said.value.deskCode ?? refused)?.()} onInput={digits => typed({ deskCode: digits })} />
      <NumberField id="known-by" label={t.knownBy} kind={known} value={knownBy} field={knownField} said={said.value.knownBy?.()} onInput={digits => typed({ knownBy: digits })} />
      <button class="button main full" type="submit">
        {t.goOn}
      </button>
    </form>
  )
}
