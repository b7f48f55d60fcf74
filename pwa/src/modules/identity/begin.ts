/** What a page does when somebody signs in, when they are recognised again, and when they go. */
import { signal } from '@preact/signals'
import { api, here, Problem, type Reply } from '../../core/api'
import { forget } from '../../core/forget'
import { mark, note, present, start } from '../../core/session'

export type Caller = NonNullable<Reply<'GET /api/identity/session'>['caller']>

/** undefined: not asked yet; null: nobody. */
export const caller = signal<Caller | null>()

/** Whether it is another person than the one this phone remembered; whatever was theirs is gone then. */
export async function begin(now: Caller) {
  const before = mark.peek()
  const another = !!before && before.id !== now.id
  if (another) await forget('traces')
  const ends = here(now.ends_at)
  note({ id: now.id, shared: now.shared, idle: ends - Date.now(), ends, ...(now.kind === 'resident' ? {} : { staff: true }) })
  caller.value = now
  present.value = now.kind === 'resident' ? now.id : null
  return another
}

/** Asks who is signed in, which also tells the server that somebody is still there. */
export async function recognise() {
  const { caller: now, ended } = await api('GET /api/identity/session', {})
  const before = mark.peek()
  if (now) return begin(now)
  // Whoever signed this browser out from another one may have lost it: nothing of theirs stays, and then the server hears so.
  if (ended && before) {
    await leave(before.shared ? 'everything' : 'traces', { told: false, to: start === '/' ? '/account?ended' : `${start}?ended` })
    return false
  }
  if (ended) await tellLate()
  caller.value = present.value = null
  // On a device of many nobody comes back to what was begun.
  if (before?.shared) await leave('everything')
  else if (before) note({ ...before, ends: 0 })
  return false
}

/** Signs out, here at once, and there as soon as there is a line. */
export async function signOut(keepSaved: boolean) {
  const before = mark.peek()
  const late = await api('DELETE /api/identity/session', {}).then(
    () => false,
    cause => cause instanceof Problem && (cause.offline || cause.status >= 500),
  )
  await leave(before?.shared ? 'everything' : keepSaved ? 'own' : 'traces', { told: !late })
}

/** Signed out without a line, and now there is one. */
export async function tellLate() {
  await api('DELETE /api/identity/session', {})
  note(null)
}

/** `told`: the server knows. */
async function leave(what: Parameters<typeof forget>[0], { told = true, to = start } = {}) {
  const before = mark.peek()
  present.value = null
  await forget(what)
  note(!told && before ? { ...before, id: '', ends: 0, leaving: true } : null)
  // What this page still holds in memory goes with it.
  location.replace(to)
}
