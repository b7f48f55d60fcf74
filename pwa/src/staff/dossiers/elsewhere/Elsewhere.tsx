import type { Reply } from '../../../core/api'
import { read } from '../../access'
import { usePages } from '../../pages'
import { Nothing, Pages, Screen, Table } from '../../ui'
import { Due } from '../Due'
import { Flags } from '../Flags'
import '../dossiers.css'
import { t as dossiers } from '../text'
import { t } from './text'

type Row = Reply<'GET /api/dossiers/desk/elsewhere'>['items'][number]

/** What other systems keep and report of this unit: seen here, moved there. */
export default function Elsewhere() {
  const found = usePages<Row>('dossiers elsewhere', (cursor, signal) => read('GET /api/dossiers/desk/elsewhere', { limit: 50, cursor }, signal))
  return (
    <Screen title={t.title} lead={t.lead} back={['/staff/dossiers', t.back]}>
      <Pages of={found} empty={<Nothing title={t.none} />}>
        {rows => (
          <Table
            caption={t.title}
            rows={rows}
            id={one => one.code}
            columns={[
              { title: t.code, of: one => <span class="mono code">{one.code}</span> },
              { title: t.procedure, of: one => <span class="title">{one.title}</span>, lang: 'vi' },
              { title: t.status, of: one => dossiers.statuses[one.status] },
              { title: t.unit, of: one => one.handling_unit, lang: 'vi' },
              { title: t.due, of: one => <Due at={one.due_at} clock={one.clock} /> },
              { title: t.remarks, of: one => (one.flags.length ? <Flags of={one.flags} /> : '') },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}
