import type { Ref } from 'preact'
import { latin } from './digits'
import './sign-in.css'

const LENGTH = 6
/** Six digits out of whatever was typed, pasted or filled in: a whole message will do. */
const six = (text: string) => {
  const plain = latin(text)
  return plain.match(/(?<!\d)\d{6}(?!\d)/)?.[0] ?? plain.replace(/\D/g, '').slice(0, LENGTH)
}

type Props = { label: string; value: string; onInput: (digits: string) => void; field?: Ref<HTMLInputElement>; said?: string; busy?: boolean }
/** Six big boxes that are one field, so that paste, the phone's own filling in and screen readers meet what they know. */
export const CodeField = ({ label, value, onInput, field, said, busy }: Props) => (
  <label class={said ? 'digits wrong' : 'digits'}>
    <span class="unseen">{label}</span>
    <span class="digit-boxes" aria-hidden="true">
      {Array.from({ length: LENGTH }, (_, i) => (
        <span key={i} class={i === value.length ? 'next' : undefined}>
          {value[i]}
        </span>
      ))}
    </span>
    <input
      ref={field}
      // Not `number`: a code may begin with 0 and has no arrows.
      type="text"
      inputmode="numeric"
      autocomplete="one-time-code"
      pattern="[0-9]*"
      spellcheck={false}
      value={value}
      readOnly={busy}
      aria-invalid={said ? true : undefined}
      aria-describedby={said}
      onInput={event => {
        const digits = six(event.currentTarget.value)
        event.currentTarget.value = digits
        onInput(digits)
      }}
      // The boxes show no caret in the middle, so there is none.
      onSelect={event => event.currentTarget.selectionEnd! < event.currentTarget.value.length && event.currentTarget.setSelectionRange(LENGTH, LENGTH)}
    />
  </label>
)
