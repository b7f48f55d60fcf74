import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { useDeed } from '../../core/deed'
import { Page } from '../../core/ui'
import { latin } from '../identity/digits'
import '../identity/identity.css'
import { Charge, type Verbs, type Way, type Whole } from './Charge'
import './payments.css'
import { Scan } from './Scan'
import { t } from './text'

const SHORTEST = 15

/** Which field, if one of them, and what about it; asked for whenever it is drawn, for the language may change. */
type Said = { of?: 'code' | 'digits'; text: () => string } | undefined
const why = (cause: unknown): Said => ({ text: () => (!(cause instanceof Problem) ? t.failed : cause.offline ? t.noLine : cause.said.detail ?? t.failed) })

/** A bill by its paper: scanned or typed, without an account. */
export default function Find() {
  const code = useRef<HTMLInputElement>(null)
  const digits = useRef<HTMLInputElement>(null)
  const found = useSignal<{ whole: Whole; verbs: Verbs } | undefined>(undefined)
  const { busy, said, run } = useDeed<Said>(why, undefined)

  async function ask() {
    const typed = code.current!.value.trim()
    const four = latin(digits.current!.value).replace(/\D/g, '')
    if (typed.replace(/[^a-z0-9]/gi, '').length < SHORTEST) {
      said.value = { of: 'code', text: () => t.codeShort }
      return code.current!.focus()
    }
    if (four.length !== 4) {
      said.value = { of: 'digits', text: () => t.digitsShort }
      return digits.current!.focus()
    }
    const body = { code: typed, last_digits: four }
    const look = () => api('POST /api/payments/find', { body })
    const begin = (way: Way) => api('POST /api/payments/find/attempts', { body: { ...body, way } })
    await run(async () => void (found.value = { whole: await look(), verbs: { look, begin } }))
  }
  const scanned = (text: string) => run(async () => {
    code.current!.value = (await api('POST /api/payments/read', { body: { text } })).code
    digits.current!.focus()
  })

  const wrong = said.value?.of
  if (found.value)
    return (
      <Page title={t.one} back={['/payments', t.title]}>
        <Charge of={found.value.whole} verbs={found.value.verbs} />
      </Page>
    )
  return (
    <Page title={t.findTitle} back={['/payments', t.title]}>
      <p>{t.findLead}</p>
      <Scan found={text => void scanned(text)} />
      <form class="steps" onSubmit={event => (event.preventDefault(), void ask())} noValidate>
        <div class="field">
          <label for="code">{t.code}</label>
          <input
            ref={code}
            class="input"
            id="code"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            enterkeyhint="next"
            maxLength={60}
            placeholder="TT …"
            // Behind the # it is sent to nobody.
            defaultValue={location.hash.slice(1)}
            readOnly={busy.value}
            aria-invalid={wrong === 'code' ? true : undefined}
            aria-describedby={wrong === 'code' ? 'said' : 'code-hint'}
            onInput={() => (said.value = undefined)}
          />
          <p class="hint" id="code-hint">
            {t.codeHint}
          </p>
        </div>
        <div class="field">
          <label for="digits">{t.digits}</label>
          <input
            ref={digits}
            class="input four"
            id="digits"
            inputmode="numeric"
            autocomplete="off"
            enterkeyhint="search"
            maxLength={4}
            readOnly={busy.value}
            aria-invalid={wrong === 'digits' ? true : undefined}
            aria-describedby={wrong === 'digits' ? 'said' : 'digits-hint'}
            onInput={() => (said.value = undefined)}
          />
          <p class="hint" id="digits-hint">
            {t.digitsHint}
          </p>
        </div>
        <p class="said" id="said" role="alert">
          {said.value?.text()}
        </p>
        <button class="button main full" type="submit" disabled={busy.value}>
          {t.find}
        </button>
      </form>
    </Page>
  )
}
