/** Who is signed in on this browser. Asked when a screen needs to know, never for reading what is public. */
import { signal } from '@preact/signals'
import { api, type Reply } from '../../core/api'

export type Caller = NonNullable<Reply<'GET /api/identity/session'>['caller']>

/** undefined: not asked yet; null: nobody. */
export const caller = signal<Caller | null>()

export async function recognise() {
  caller.value = (await api('GET /api/identity/session', {})).caller
}
