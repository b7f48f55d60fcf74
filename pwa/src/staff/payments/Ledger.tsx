import { useLocation } from 'preact-iso'
import type { Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { Await, Note } from '../../core/ui'
import { dong, spaced } from '../../modules/payments/money'
import { read } from '../access'
import { usePages } from '../pages'
import { Name, Nothing, Pages, Panel, Screen, Table } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type Row = Reply<'GET /api/payments/desk/ledger'>['items'][number]

const kind = (account: string) => t.accounts[account.split(':')[0] as keyof typeof t.accounts]

/** Every account, and of one of them every entry with the balance after it. */
export default function Ledger() {
  const { account = '' } = useLocation().query as { account?: string }
  return (
    <Screen title={account || t.parts.ledger} lead={account ? kind(account) : t.ledgerLead} {...(account ? { back: ['/staff/payments/ledger', t.parts.ledger] as [string, string] } : {})}>
      <Parts />
      {account ? <Entries of={account} /> : <Accounts />}
    </Screen>
  )
}

function Accounts() {
  const asked = useAsk('accounts', signal => read('GET /api/payments/desk/accounts', {}, signal))
  return (
    <Await of={asked}>
      {({ items, total }) => !items.length ? <Nothing title={t.none} /> : (
        <>
          {total !== 0 && <Note tone="bad">{t.unbalanced}</Note>}
          <Table
            caption={t.parts.ledger}
            rows={items}
            id={one => one.account}
            href={one => `/staff/payments/ledger?account=${encodeURIComponent(one.account)}`}
            columns={[
              { title: t.account, of: one => (one.name ? <Name of={one.name} /> : kind(one.account) ?? one.account) },
              { title: t.accountId, of: one => one.account },
              { title: t.balance, of: one => dong(one.balance), end: true },
            ]}
          />
          <Panel>
            <p class="strong">{t.total(dong(total))}</p>
          </Panel>
        </>
      )}
    </Await>
  )
}

function Entries({ of: account }: { of: string }) {
  const found = usePages<Row>(`ledger ${account}`, (cursor, signal) => read('GET /api/payments/desk/ledger', { account, limit: 50, cursor }, signal))
  return (
    <Pages of={found} empty={<Nothing title={t.none} />}>
      {rows => (
        <Table
          caption={account}
          rows={rows}
          id={one => one.id}
          columns={[
            { title: t.when, of: one => moment(one.at) },
            { title: t.kind, of: one => t.kinds[one.kind] },
            { title: t.code, of: one => (one.code ? spaced(one.code) : '') },
            { title: t.amount, of: one => dong(one.amount), end: true },
            { title: t.balance, of: one => dong(one.balance), end: true, named: true },
          ]}
        />
      )}
    </Pages>
  )
}
