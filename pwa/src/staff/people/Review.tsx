import type { Reply } from '../../core/api'
import { Icon } from '../../core/ui'
import { print } from '../../core/ui/icons'
import { read } from '../access'
import { usePages } from '../pages'
import { useWorkplaces } from '../places'
import { t } from '../text'
import { moment } from '../times'
import { useSentences } from './RolesField'
import { Name, Nothing, Pages, Screen, Table } from '../ui'

type Reviewed = Reply<'GET /api/identity/staff/review'>['items'][number]
const heavy = ['soon-unused', 'no-second-factor']

/** Every half year: who may still come in, with what, and what stands out. */
export default function Review() {
  const list = usePages<Reviewed>('review list', (cursor, signal) => read('GET /api/identity/staff/review', { limit: 100, cursor }, signal))
  const places = useWorkplaces()
  const says = useSentences()
  return (
    <Screen
      title={t.review}
      lead={t.reviewLead}
      actions={
        <button class="button" type="button" onClick={() => window.print()}>
          <Icon of={print} />
          {t.print}
        </button>
      }
    >
      <Pages of={list} empty={<Nothing title={t.nobodyFound} />}>
        {items => (
          <Table
            caption={t.review}
            rows={items}
            id={one => one.staff.id}
            href={one => `/staff/people/${one.staff.id}`}
            columns={[
              { title: t.name, of: one => <Name of={one.staff.name} /> },
              { title: t.workplace, of: one => places.name(one.staff.unit), lang: 'vi' },
              { title: t.rolesOf, of: one => one.staff.roles.map(role => role.name).join(', ') || null, lang: 'vi' },
              { title: t.mayDo, of: one => one.permissions.map(says).join(' · ') || null },
              {
                title: t.standsOut,
                of: one =>
                  one.concerns.length ? (
                    <span class="words">
                      {one.concerns.map(concern => (
                        <span key={concern} class={heavy.includes(concern) ? 'tag bad' : 'tag warn'}>
                          {t.concerns[concern]}
                        </span>
                      ))}
                    </span>
                  ) : null,
              },
              { title: t.lastSeen, of: one => (one.staff.last_signed_in_at ? moment(one.staff.last_signed_in_at) : t.never), named: true },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}

