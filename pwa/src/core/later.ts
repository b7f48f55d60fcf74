import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** A part of a screen that comes once the rest stands, as soon as it is wanted; undefined until it is here, and where it does not come. */
export function useLater<T extends object>(load: () => Promise<T>, wanted = true): T | undefined {
  const part = useSignal<T>()
  useEffect(() => {
    if (wanted) load().then(it => (part.value = it), () => {})
  }, [wanted])
  return part.value
}
