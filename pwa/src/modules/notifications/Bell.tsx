import { effect } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { claim } from '../../core/push'
import { letters } from '../../core/preferences'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Icon } from '../../core/ui'
import { bell } from '../../core/ui/icons'
import { fetchLetters } from './inbox/letters'

/** On the app's own icon too, where the system shows it. */
effect(() => {
  const unread = letters.value?.of.unread ?? 0
  if ('setAppBadge' in navigator) void (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => {})
})

/** How much is unread, for whoever is signed in; kept up to date as long as the app is looked at. */
export default function Bell() {
  const { path } = useLocation()
  const unread = letters.value?.of.unread ?? 0
  const owner = mark.value?.ends ? mark.value.id : ''
  useEffect(() => {
    if (!owner) return
    const look = () => document.hidden || void fetchLetters().catch(() => {})
    look()
    void claim().catch(() => {})
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [owner, language.value])
  return (
    <a class="bell" href="/inbox" aria-label={core.inbox(unread)} aria-current={path.startsWith('/inbox') ? 'page' : undefined}>
      <Icon of={bell} />
      {unread > 0 && <b aria-hidden="true">{unread > 99 ? '99+' : unread}</b>}
    </a>
  )
}
