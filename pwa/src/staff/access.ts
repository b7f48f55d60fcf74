/** Who works here, what they may do, and reading as them. */
import { computed, effect, signal } from '@preact/signals'
import { api, Problem, type Reply, type Route } from '../core/api'
import { mark, meet } from '../core/session'
import { caller, type Caller } from '../modules/identity/begin'

/** Whoever signed in last. It stays while a lapsed session waits for the same person: their screen stays as it is. */
export const member = signal<Caller | undefined>()
effect(() => {
  if (caller.value?.kind === 'staff') member.value = caller.value
})

export const lapsed = computed(() => !!member.value && (mark.value?.ends === 0 || caller.value === null))

/** The menu and the buttons that this person has a use for. The server decides again, each time. */
export const may = (permission: string) => !!member.value?.permissions.includes(permission)

/** Reads; a session that has lapsed, or was ended from elsewhere, asks for a sign-in over the screen and goes on. */
export async function read<R extends Route & `GET ${string}`>(route: R, asked: Parameters<typeof api<R>>[1], signal?: AbortSignal): Promise<Reply<R>> {
  try {
    return await api(route, asked, signal)
  } catch (cause) {
    if (cause instanceof Problem && cause.said.type === 'sign-in-needed' && !signal?.aborted && (await meet('sign-in-needed'))) return read(route, asked, signal)
    throw cause
  }
}
