import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { province } from '../core/province'
import { Icon } from '../core/ui'
import { bell, building, clock, close, coin, folder, house, out, person, search, warning } from '../core/ui/icons'
import { flag } from '../modules/feedback/drawings'
import { signOut } from '../modules/identity/begin'
import { may, member } from './access'
import { calls, follow } from './bell/calls'
import { chart, grid, inbox, list, lost, megaphone, menu, people, plug } from './icons'
import { wide } from './room'
import { t } from './text'
import { Name } from './ui'

const parts = () => [
  {
    name: t.partWork,
    items: [
      { href: '/staff', icon: house, name: t.home },
      { href: '/staff/bell', icon: bell, name: t.bell },
      { href: '/staff/dossiers', icon: folder, name: t.dossiers, needs: 'dossiers:read' },
      { href: '/staff/reports', icon: flag, name: t.reports, needs: 'feedback:handle' },
      { href: '/staff/news', icon: megaphone, name: t.news, needs: 'news:read' },
      { href: '/staff/warnings', icon: warning, name: t.warnings, needs: 'news:warn' },
      { href: '/staff/words', icon: search, name: t.words, needs: 'catalogue:words' },
      { href: '/staff/payments', icon: coin, name: t.payments, needs: 'payments:read' },
      { href: '/staff/requests', icon: inbox, name: t.requests, needs: 'privacy:decide' },
      { href: '/staff/recovery', icon: lost, name: t.recovery, needs: 'identity:recover' },
    ],
  },
  {
    name: t.partPeople,
    items: [
      { href: '/staff/people', icon: people, name: t.people, needs: 'identity:administer' },
      { href: '/staff/roles', icon: grid, name: t.roles, needs: 'identity:administer' },
      { href: '/staff/review', icon: clock, name: t.review, needs: 'identity:administer' },
      { href: '/staff/calendar', icon: clock, name: t.calendar, needs: 'dossiers:calendar' },
      { href: '/staff/offices', icon: building, name: t.offices, needs: 'dossiers:offices' },
      { href: '/staff/partners', icon: plug, name: t.partners, needs: 'identity:administer' },
    ],
  },
  {
    name: t.partWatch,
    items: [
      { href: '/staff/figures', icon: chart, name: t.figures, needs: 'dossiers:read' },
      { href: '/staff/feeds', icon: plug, name: t.feeds, needs: 'dossiers:feeds' },
      { href: '/staff/audit', icon: list, name: t.audit, needs: 'privacy:audit' },
    ],
  },
]

/** What this person may do; on a narrow screen behind a button. */
export function Menu() {
  const { path } = useLocation()
  const open = useSignal(false)
  useEffect(() => {
    open.value = false
  }, [path])
  useEffect(follow, [])
  const unread = calls.value?.unread ?? 0
  const shown = wide.value || open.value
  return (
    <header class="side" onKeyDown={event => event.key === 'Escape' && (open.value = false)}>
      <div class="side-top">
        <a class="brand" href="/staff">
          <img src="/icon.svg" alt="" width="34" height="34" />
          <span>
            {province.app}
            <small>{t.forStaff}</small>
          </span>
        </a>
        {!wide.value && (
          <button class="button" type="button" aria-expanded={open.value} aria-controls="menu" onClick={() => (open.value = !open.value)}>
            <Icon of={open.value ? close : menu} />
            {t.menu}
            {unread > 0 && <span class="tag bad">{unread}</span>}
          </button>
        )}
      </div>
      <div class="side-rest" id="menu" hidden={!shown}>
        <nav class="side-menu" aria-label={t.menu}>
          {parts().map(({ name, items }) => {
            const mine = items.filter(({ needs }: { needs?: string }) => !needs || may(needs))
            return (
              mine.length > 0 && (
                <section key={name}>
                  <h2>{name}</h2>
                  <ul>
                    {mine.map(({ href, icon, name }) => (
                      <li key={href}>
                        <a href={href} aria-current={path === href || (href !== '/staff' && path.startsWith(`${href}/`)) ? 'page' : undefined}>
                          <Icon of={icon} />
                          {name}
                          {href === '/staff/bell' && unread > 0 && <span class="tag bad">{unread}</span>}
                        </a>
                      </li>
                    ))}
                  </ul>
                </section>
              )
            )
          })}
        </nav>
        <div class="side-me">
          <a class="side-name" href="/staff/account" aria-current={path === '/staff/account' ? 'page' : undefined}>
            <Icon of={person} />
            <span>
              <strong>
                <Name of={member.value!.name} />
              </strong>
              <small>{t.ownAccount}</small>
            </span>
          </a>
          <button class="button bare" type="button" onClick={() => void signOut(true)}>
            <Icon of={out} />
            {t.signOut}
          </button>
        </div>
      </div>
    </header>
  )
}

