import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../../core/api'
import { keep, recall } from '../../core/memory'
import { Note } from '../../core/ui'
import { dong, spaced } from '../../modules/payments/money'
import { fetched, Scan } from '../../modules/payments/Scan'
import { Field, Screen } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type Key = { kty: string; crv: string; x: string; y: string }
type Seen = { good: boolean; parts: string[] }

/** The newest key when there is a line, else the one that is remembered. */
async function ours(): Promise<Key | null> {
  const fresh = await api('GET /api/payments/confirmation-key', {}).catch(() => null)
  if (fresh) keep('confirmation-key', fresh)
  return fresh ?? recall<Key>('confirmation-key')
}

const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0))

/** Whether a signed code says what we have signed: on this device. */
async function check(text: string, of: Key): Promise<Seen> {
  const end = text.lastIndexOf('|')
  const parts = text.slice(0, end).split('|')
  if (parts[0] !== 'XN1' || parts.length !== 5) return { good: false, parts: [] }
  const how = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', of, how, false, ['verify'])
  const good = await crypto.subtle.verify(how, key, bytes(text.slice(end + 1)), new TextEncoder().encode(text.slice(0, end)))
  return { good, parts }
}

export default function Check() {
  const seen = useSignal<Seen | 'no-key'>()
  const asked = useRef('')
  // Whoever has opened this page can check without a line.
  useEffect(() => void Promise.allSettled([ours(), fetched()]), [])
  async function look(text: string) {
    asked.current = text
    seen.value = undefined
    if (!text) return
    const of = await ours()
    const found = of ? await check(text, of).catch(() => ({ good: false, parts: [] })) : 'no-key'
    // What was read meanwhile is another paper.
    if (asked.current === text) seen.value = found
  }
  return (
    <Screen title={t.parts.check} lead={t.checkLead} narrow>
      <Parts />
      <Scan found={text => look(text.trim())} />
      <Field label={t.checkText}>{is => <textarea {...is} class="input" rows={4} maxLength={600} onInput={event => void look(event.currentTarget.value.trim())} />}</Field>
      <div role="status">
        {seen.value === 'no-key' ? (
          <Note tone="warn" title={t.unchecked}>
            {t.uncheckedHint}
          </Note>
        ) : (
          seen.value &&
          (seen.value.good ? (
            <Note tone="good" title={t.genuine}>
              {spaced(seen.value.parts[1]!)} · {dong(Number(seen.value.parts[2]))} · {seen.value.parts[3]} · <span lang="vi">{seen.value.parts[4]}</span>
            </Note>
          ) : (
            <Note tone="bad" title={t.forged}>
              {t.forgedHint}
            </Note>
          ))
        )}
      </div>
    </Screen>
  )
}
