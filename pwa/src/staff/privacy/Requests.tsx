import { useAsk } from '../../core/ask'
import { Await } from '../../core/ui'
import { day } from '../../core/text'
import { read } from '../access'
import { t } from '../text'
import { Nothing, Screen, Table } from '../ui'
import { Due } from './Due'

export default function Requests() {
  const open = useAsk('requests', signal => read('GET /api/privacy/desk/requests', { limit: 100 }, signal))
  return (
    <Screen title={t.requests} lead={t.requestsLead}>
      <Await of={open} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t.noRequests}>
              <p>{t.noRequestsText}</p>
            </Nothing>
          ) : (
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
          )
        }
      </Await>
    </Screen>
  )
}
