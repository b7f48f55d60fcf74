/**
 * What is being typed, kept in this tab under its owner's id until it is sent: a reload, or a tab that the phone has closed
 * meanwhile, loses nothing, and nobody else finds it.
 */
import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { mark } from './session'

/** undefined: nothing is begun. */
export function useDraft<T>(form: string): Signal<T | undefined> {
  return useMemo(() => {
    const name = `draft ${mark.peek()?.id ?? ''} ${form}`
    const draft = signal(kept<T>(name))
    // At once, and also when the form is gone already: an effect of the component would not see that it was sent.
    draft.subscribe(now => {
      try {
        if (now === undefined) sessionStorage.removeItem(name)
        else sessionStorage.setItem(name, JSON.stringify(now))
      } catch {
        // Storage forbidden or full: it lasts as long as the page.
      }
    })
    return draft
  }, [])
}

function kept<T>(name: string): T | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(name) ?? 'null') as T | null) ?? undefined
  } catch {
    return undefined
  }
}
