import type { Reply } from '../../core/api'
import { day } from '../../core/text'
import { read } from '../access'
import { usePages } from '../pages'
import { t } from '../text'
import { Nothing, Pages, Screen, Table } from '../ui'
import { Due } from './Due'

type Open = Reply<'GET /api/privacy/desk/requests'>['items'][number]

export default function Requests() {
  const open = usePages<Open>('request list', (cursor, signal) => read('GET /api/privacy/desk/requests', { limit: 50, cursor }, signal))
  return (
    <Screen title={t.requests} lead={t.requestsLead}>
      <Pages
        of={open}
        empty={
          <Nothing title={t.noRequests}>
            <p>{t.noRequestsText}</p>
          </Nothing>
        }
      >
        {items => (
          <Table
            caption={t.requests}
            rows={items}
            id={one => one.id}
            href={one => `/staff/requests/${one.id}`}
            columns={[
              { title: t.kind, of: one => t.kinds[one.kind] },
              { title: t.received, of: one => day(one.received_at), named: true },
              { title: t.due, of: one => <Due at={one.due_at} overdue={one.overdue} /> },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}
