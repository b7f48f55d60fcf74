import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Kind, tidy } from './digits'
import './identity.css'
import { Said } from './Said'

type Props = {
  id: string
  label: string
  kind: Kind
  value: string
  onInput: (digits: string) => void
  field: RefObject<HTMLInputElement | null>
  said: string | undefined
  readOnly?: boolean
  /** A phone number of one's own, which the browser may know, and how it looks. */
  phone?: { autocomplete: string; placeholder: string }
}
/** A long number in groups, and what is wrong with it. */
export function NumberField({ id, label, kind, value, onInput, said, field, readOnly, phone }: Props) {
  const before = useRef(value)
  before.current = value
  // Written by hand only when it is not what was typed: the caret stays where it is.
  useLayoutEffect(() => {
    if (kind.digits(field.current!.value) !== value) field.current!.value = kind.grouped(value)
  }, [value])
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={field}
        class="input big"
        id={id}
        type={phone ? 'tel' : 'text'}
        list={undefined}
        inputmode={phone ? 'tel' : 'numeric'}
        autocomplete={phone?.autocomplete ?? 'off'}
        placeholder={phone?.placeholder}
        enterkeyhint="next"
        readOnly={readOnly}
        aria-invalid={said ? true : undefined}
        aria-describedby={said ? `${id}-said` : undefined}
        onInput={event => onInput(tidy(event.currentTarget, before.current, event.inputType, kind))}
      />
      <Said id={`${id}-said`} text={said} />
    </div>
  )
}
