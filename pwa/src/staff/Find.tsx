import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { Icon } from '../core/ui'
import { search } from '../core/ui/icons'

const PAUSE = 250

type Props = { at: string; q: string; label: string; most?: number; typing?: () => void }
/** Finds in the list at an address as somebody types; what they look for stands there as `q`. */
export function Find({ at, q, label, most = 80, typing }: Props) {
  const { route } = useLocation()
  const typed = useSignal(q)
  useEffect(() => {
    typing?.()
    const next = typed.value.trim()
    if (next === q) return
    // Whoever has opened one of them meanwhile must not be called back.
    const later = setTimeout(() => location.pathname === at && route(`${at}${next && `?q=${encodeURIComponent(next)}`}`, true), PAUSE)
    return () => clearTimeout(later)
  }, [typed.value])
  return (
    <div class="searchbox">
      <Icon of={search} />
      <input type="search" aria-label={label} placeholder={label} autocomplete="off" maxLength={most} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
    </div>
  )
}
