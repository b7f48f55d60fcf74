import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Sentence, stuck, why } from './deed'
import { phone as kind } from './digits'
import { NumberField } from './NumberField'
import type { Sent } from './progress'
import { t } from './text'

type Props = {
  phone: string
  onInput: (phone: string) => void
  /** The code that is on its way already, if any. */
  sent: Sent | undefined
  send: (phone: string) => Promise<void>
  /** On to the code that was sent to this number. */
  onSent: (phone: string) => void
  autocomplete: string
  children?: ComponentChildren
}
/** Asks for a number that a code is sent to. */
export function PhoneForm({ phone, onInput, sent, send, onSent, autocomplete, children }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const busy = useSignal(false)
  const said = useSignal<{ text: Sentence; stuck?: boolean }>()
  useLayoutEffect(() => field.current!.focus(), [])

  async function ask() {
    if (busy.value) return
    const least = phone.startsWith('0') ? 10 : 9
    if (phone.length !== least) {
      said.value = { text: () => (phone.length < least ? t.phoneShort : t.phoneLong) }
      return field.current?.focus()
    }
    // Came back to look at the number, and it was right.
    if (sent?.phone === phone && sent.expires > Date.now()) return onSent(phone)
    busy.value = true
    said.value = undefined
    try {
      await send(phone)
    } catch (cause) {
      said.value = { text: why(cause), stuck: stuck(cause) }
      busy.value = false
    }
  }

  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), void ask())} noValidate>
      <NumberField
        id="phone"
        label={t.phoneLabel}
        kind={kind}
        value={phone}
        field={field}
        said={said.value?.text()}
        phone={{ autocomplete, placeholder: '09…' }}
        readOnly={busy.value}
        onInput={typed => {
          said.value = undefined
          onInput(typed)
        }}
      />
      {children}
      <button class="button main full" type="submit" disabled={busy.value}>
        {busy.value ? t.sending : t.send}
      </button>
      {said.value?.stuck &&
        (sent && sent.expires > Date.now() ? (
          <button class="button full" type="button" onClick={() => onSent(sent.phone)}>
            {t.haveCode}
          </button>
        ) : (
          <a class="button full" href="/places">
            {t.askDesk}
          </a>
        ))}
    </form>
  )
}

/** The device belongs to others too. */
export const SharedChoice = ({ shared, onChange }: { shared: boolean; onChange: (shared: boolean) => void }) => (
  <label class="choice">
    <input type="checkbox" checked={shared} onChange={event => onChange(event.currentTarget.checked)} />
    <span>
      {t.shared}
      <span class="hint">{t.sharedText}</span>
    </span>
  </label>
)
