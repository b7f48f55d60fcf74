import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { keep, recall } from '../../core/memory'
import { Note } from '../../core/ui'
import { dong, spaced } from '../../modules/payments/money'
import { Scan } from '../../modules/payments/Scan'
import { useDeed } from '../deed'
import { Field, Screen } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type Key = { kty: string; crv: string; x: string; y: string }
type Seen = { good: boolean; parts: string[] }
const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0))

/** Whether a signed code says what we have signed: on this device, without a line once the key is here. */
async function check(text: string): Promise<Seen> {
  // The newest key when there is a line, else the one that is remembered.
  const fresh = await api('GET /api/payments/confirmation-key', {}).catch(() => null)
  if (fresh) keep('confirmation-key', fresh)
  const of = recall<Key>('confirmation-key')
  const end = text.lastIndexOf('|')
  const parts = text.slice(0, end).split('|')
  if (!of || parts[0] !== 'XN1' || parts.length !== 5) return { good: false, parts: [] }
  const how = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', of, how, false, ['verify'])
  const good = await crypto.subtle.verify(how, key, bytes(text.slice(end + 1)), new TextEncoder().encode(text.slice(0, end)))
  return { good, parts }
}

export default function Check() {
  const seen = useSignal<Seen | undefined>(undefined)
  const { run } = useDeed()
  const look = (text: string) => void run(async () => void (seen.value = await check(text.trim()).catch(() => ({ good: false, parts: [] }))))
  return (
    <Screen title={t.parts.check} lead={t.checkLead} narrow>
      <Parts />
      <Scan found={look} />
      <Field label={t.checkText}>{is => <textarea {...is} class="input" rows={4} maxLength={600} onInput={event => event.currentTarget.value && look(event.currentTarget.value)} />}</Field>
      <div role="status">
        {seen.value &&
          (seen.value.good ? (
            <Note tone="good" title={t.genuine}>
              {spaced(seen.value.parts[1]!)} · {dong(Number(seen.value.parts[2]))} · {seen.value.parts[3]} · <span lang="vi">{seen.value.parts[4]}</span>
            </Note>
          ) : (
            <Note tone="bad" title={t.forged}>
              {t.forgedHint}
            </Note>
          ))}
      </div>
    </Screen>
  )
}
