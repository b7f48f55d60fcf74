/** Where one is among the parts of payments, as far as this person has a use for them. */
import { useLocation } from 'preact-iso'
import { may } from '../access'
import { t } from './text'

const parts = [
  { href: '/staff/payments', name: 'charges', needs: 'payments:read' },
  { href: '/staff/payments/refunds', name: 'refunds', needs: 'payments:read' },
  { href: '/staff/payments/findings', name: 'findings', needs: 'payments:reconcile' },
  { href: '/staff/payments/ledger', name: 'ledger', needs: 'payments:reconcile' },
  { href: '/staff/payments/day', name: 'day', needs: 'payments:cash' },
  { href: '/staff/payments/tables', name: 'tables', needs: 'payments:raise payments:reconcile' },
  { href: '/staff/payments/check', name: 'check', needs: 'payments:read' },
] as const

export function Parts() {
  const { path } = useLocation()
  return (
    <nav class="lists" aria-label={t.title}>
      {parts
        .filter(({ needs }) => needs.split(' ').some(may))
        .map(({ href, name }) => (
          <a key={href} href={href} aria-current={path === href ? 'page' : undefined}>
            {t.parts[name]}
          </a>
        ))}
    </nav>
  )
}
