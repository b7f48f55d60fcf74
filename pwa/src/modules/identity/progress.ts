/**
 * How far somebody has come with signing in. It lies in this tab until it is used: a look at the message, a reload or a tab
 * that the phone has closed meanwhile loses nothing.
 */
import { signal } from '@preact/signals'

/** A code on its way. Moments are by this phone's clock. */
export type Sent = { id: string; phone: string; expires: number; again: number; shown: string | null; tries: number }
export type Progress = { phone: string; shared: boolean; digits: string; sent?: Sent | undefined; step: 'phone' | 'code' }

const NAME = 'sign-in'
const none: Progress = { phone: '', shared: false, digits: '', step: 'phone' }

function kept(): Progress {
  try {
    return { ...none, ...(JSON.parse(sessionStorage.getItem(NAME) ?? '{}') as Partial<Progress>) }
  } catch {
    return none
  }
}

export const progress = signal(kept())

export function go(part: Partial<Progress>) {
  progress.value = { ...progress.value, ...part }
  try {
    sessionStorage.setItem(NAME, JSON.stringify(progress.value))
  } catch {
    // Storage forbidden: it lasts as long as the page.
  }
}

export function done() {
  progress.value = none
  sessionStorage.removeItem(NAME)
}
