import { useEffect } from 'preact/hooks'
import { language } from '../../core/text'

const CALM = 1000

/** The newest articles come onto the phone whole, once the screen stands and as soon as there is a newer one. */
export function useKept(newest: string | undefined) {
  useEffect(() => {
    if (!newest) return
    const later = setTimeout(() => void import('./offline').then(({ keepLatest }) => keepLatest()), CALM)
    return () => clearTimeout(later)
  }, [newest, language.value])
}
