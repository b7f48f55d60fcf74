import { useLocation } from 'preact-iso'
import type { Reply } from '../../core/api'
import { Icon } from '../../core/ui'
import { read } from '../access'
import { Find } from '../Find'
import { plus } from '../icons'
import { usePages } from '../pages'
import { useWorkplaces } from '../places'
import { t } from '../text'
import { moment } from '../times'
import { Name, Nothing, Pages, Screen, Table } from '../ui'

export type Member = Reply<'GET /api/identity/staff/{staff_id}'>

export default function People() {
  const { query } = useLocation()
  const { q = '' } = query as { q?: string }
  const places = useWorkplaces()
  const found = usePages<Member>(`people ${q}`, (cursor, signal) => read('GET /api/identity/staff', { q, limit: 50, cursor }, signal))
  return (
    <Screen
      title={t.people}
      lead={t.peopleLead}
      actions={
        <a class="button main" href="/staff/people/new">
          <Icon of={plus} />
          {t.addPerson}
        </a>
      }
    >
      <Find at="/staff/people" q={q} label={t.findPeople} />
      <Pages
        of={found}
        empty={
          <Nothing title={t.nobodyFound}>
            <p>{t.nobodyFoundText}</p>
          </Nothing>
        }
      >
        {people => (
          <Table
            caption={t.people}
            rows={people}
            id={one => one.id}
            href={one => `/staff/people/${one.id}`}
            columns={[
              { title: t.name, of: one => <Name of={one.name} /> },
              { title: t.login, of: one => <span class="mono">{one.login}</span> },
              { title: t.workplace, of: one => places.name(one.unit), lang: 'vi' },
              { title: t.rolesOf, of: one => one.roles.map(role => role.name).join(', ') || null, lang: 'vi' },
              { title: t.state, of: one => <State of={one} /> },
              { title: t.lastSeen, of: one => (one.last_signed_in_at ? moment(one.last_signed_in_at) : t.never), named: true },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}

/** How an account stands, in a word. */
export const State = ({ of: one }: { of: Member }) =>
  one.disabled_at ? <span class="tag bad">{t.disabled}</span> : one.link_until ? <span class="tag warn">{t.linkWaits}</span> : one.has_password || one.passkeys ? <span class="tag good">{t.active}</span> : <span class="tag warn">{t.noWayIn}</span>
