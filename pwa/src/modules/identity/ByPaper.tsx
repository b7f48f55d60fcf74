import { useEffect, useRef } from 'preact/hooks'
import { Problem } from '../../core/api'
import { useDeed } from '../../core/deed'
import { latin } from './digits'

type Words = Record<'code' | 'codeHint' | 'codeShort' | 'digits' | 'digitsHint' | 'digitsShort' | 'ask' | 'asking' | 'failed' | 'noLine', string>
/** `like`: how a code begins; `shortest`: letters and digits of the shortest one; `given`: it is known, or was scanned. */
type Props = { words: Words; like: string; shortest: number; given?: string; ask: (code: string, digits: string) => Promise<unknown> }
/** Which field, if one of them, and what about it; asked for whenever it is drawn, for the language may change. */
type Said = { of?: 'code' | 'digits'; text: () => string } | undefined

/** What stands on a paper in one's hand, and the last four digits of a number: together they open something without an account. */
export function ByPaper({ words, like, shortest, given = '', ask }: Props) {
  const code = useRef<HTMLInputElement>(null)
  const digits = useRef<HTMLInputElement>(null)
  const why = (cause: unknown): Said => ({
    text: () => (!(cause instanceof Problem) ? words.failed : cause.offline ? words.noLine : cause.said.detail ?? words.failed),
  })
  const { busy, said, run } = useDeed<Said>(why, undefined)
  useEffect(() => {
    if (!given || code.current!.value === given) return
    code.current!.value = given
    digits.current!.focus()
  }, [given])

  async function submit() {
    const typed = code.current!.value.trim()
    const four = latin(digits.current!.value).replace(/\D/g, '')
    if (typed.replace(/[^a-z0-9]/gi, '').length < shortest) {
      said.value = { of: 'code', text: () => words.codeShort }
      return code.current!.focus()
    }
    if (four.length !== 4) {
      said.value = { of: 'digits', text: () => words.digitsShort }
      return digits.current!.focus()
    }
    await run(() => ask(typed, four))
  }

  const wrong = said.value?.of
  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), void submit())} noValidate>
      <div class="field">
        <label for="code">{words.code}</label>
        <input
          ref={code}
          class="input"
          id="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          enterkeyhint="next"
          maxLength={60}
          placeholder={like}
          // A QR brings the code behind the #, which is sent to nobody.
          defaultValue={given || location.hash.slice(1)}
          readOnly={busy.value}
          aria-invalid={wrong === 'code' ? true : undefined}
          aria-describedby={wrong === 'code' ? 'said' : 'code-hint'}
          onInput={() => (said.value = undefined)}
        />
        <p class="hint" id="code-hint">
          {words.codeHint}
        </p>
      </div>
      <div class="field">
        <label for="digits">{words.digits}</label>
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
          {words.digitsHint}
        </p>
      </div>
      <p class="said" id="said" role="alert">
        {said.value?.text()}
      </p>
      <button class="button main full" type="submit" disabled={busy.value}>
        {busy.value ? words.asking : words.ask}
      </button>
    </form>
  )
}
