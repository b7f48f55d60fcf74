/**
 * How far somebody has come with signing in. It lies in this tab until it is used: a look at the message, a reload or a tab
 * that the phone has closed meanwhile loses nothing.
 */
import { signal } from '@preact/signals'
import { here, type Reply } from '../../core/api'

/** A code on its way. Moments are by this phone's clock. */
export type Sent = { id: string; phone: string; expires: number; again: number; shown: string | null; tries: number }
/** A code that the server has let go to this phone. */
export const onItsWay = (phone: string, { id, expires_at, again_at, shown }: Reply<'POST /api/identity/codes'>): Sent => ({ id, phone, expires: here(expires_at), again: here(again_at), shown, tries: 0 })

/** Steps that are kept in this tab under a name, for at most `life` milliseconds after the last of them. */
export function keeping<T extends object>(name: string, none: T, life = Infinity) {
  function kept(): T {
    try {
      const { at, ...steps } = JSON.parse(sessionStorage.getItem(name) ?? '{}') as Partial<T> & { at?: number }
      return Date.now() - (at ?? 0) < life ? { ...none, ...(steps as Partial<T>) } : none
    } catch {
      return none
    }
  }
  const state = signal(kept())
  return {
    state,
    go(part: Partial<T>) {
      state.value = { ...state.value, ...part }
      try {
        sessionStorage.setItem(name, JSON.stringify({ ...state.value, at: Date.now() }))
      } catch {
        // Storage forbidden: it lasts as long as the page.
      }
    },
    done() {
      state.value = none
      sessionStorage.removeItem(name)
    },
  }
}

export type Progress = { phone: string; shared: boolean; digits: string; sent?: Sent | undefined; step: 'phone' | 'code' }
export const { state: progress, go, done } = keeping<Progress>('sign-in', { phone: '', shared: false, digits: '', step: 'phone' })
