/** What this member of staff was told for their work; looked at again by itself while the console is open. */
import { signal } from '@preact/signals'
import type { Reply } from '../../core/api'
import { member, read } from '../access'

export type Calls = Reply<'GET /api/notifications/work'>
export const calls = signal<Calls>()
const FRESH = 20_000

export async function look() {
  calls.value = await read('GET /api/notifications/work', {})
}

/** Until the returned function is called. */
export function follow() {
  const again = () => void (document.hidden || !member.peek() || look().catch(() => {}))
  again()
  const timer = setInterval(again, FRESH)
  // A push has come: what it is about stands here at once.
  navigator.serviceWorker?.addEventListener('message', again)
  document.addEventListener('visibilitychange', again)
  return () => {
    clearInterval(timer)
    navigator.serviceWorker?.removeEventListener('message', again)
    document.removeEventListener('visibilitychange', again)
  }
}
