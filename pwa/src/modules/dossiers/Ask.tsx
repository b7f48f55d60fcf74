import { useRef } from 'preact/hooks'
import { Problem } from '../../core/api'
import { useDeed } from '../../core/deed'
import type { Followed } from '../../core/preferences'
import { latin } from '../identity/digits'
import { lookUp } from './lookup'
import { t } from './text'

/** The shortest code there is, without its dots and dashes. */
const SHORTEST = 12

/** Which field, if one of them, and what about it; asked for whenever it is drawn, for the language may change. */
type Said = { of?: 'code' | 'digits'; text: () => string } | undefined
const why = (cause: unknown): Said => ({
  text: () => (!(cause instanceof Problem) ? t.failed : cause.offline ? t.noLine : cause.said.detail ?? t.failed),
})

/** What stands on the slip. `given`: the code is known already. */
export function Ask({ given = '', found }: { given?: string; found: (one: Followed) => void }) {
  const code = useRef<HTMLInputElement>(null)
  const digits = useRef<HTMLInputElement>(null)
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
    await run(async () => found(await lookUp(typed, four)))
  }

  const wrong = said.value?.of
  return (
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
          placeholder="H12.…"
          // A slip's QR brings the code behind the #, which is sent to nobody.
          defaultValue={given || location.hash.slice(1)}
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
        {busy.value ? t.asking : t.ask}
      </button>
    </form>
  )
}
