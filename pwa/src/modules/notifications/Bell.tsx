import { effect } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { claim } from '../../core/push'
import { letters } from '../../core/preferences'
import { doubts, present } from '../../core/session'
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
  const owner = present.value
  useEffect(() => {
    if (!owner) return
    let news: EventSource | undefined
    const refresh = () => void fetchLetters().catch(() => {})
    const look = () => {
      news?.close()
      if (document.hidden) return
      refresh()
      news = new EventSource('/api/notifications/stream')
      // What it says first is mostly known: the newest and how many are unread.
      news.addEventListener('inbox', ({ lastEventId }) => {
        const { items, unread } = letters.peek()?.of ?? { items: [], unread: 0 }
        if (lastEventId !== `${items[0]?.id ?? 'none'}/${unread}`) refresh()
      })
      news.addEventListener('ended', () => {
        news?.close()
        doubts.value++
      })
    }
    look()
    void claim().catch(() => {})
    document.addEventListener('visibilitychange', look)
    return () => {
      news?.close()
      document.removeEventListener('visibilitychange', look)
    }
  }, [owner, language.value])
  return (
    <a class="bell" href="/inbox" aria-label={core.inbox(unread)} aria-current={path.startsWith('/inbox') ? 'page' : undefined}>
      <Icon of={bell} />
      {unread > 0 && <b aria-hidden="true">{unread > 99 ? '99+' : unread}</b>}
    </a>
  )
}
