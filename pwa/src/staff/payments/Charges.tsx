import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import type { Reply } from '../../core/api'
import { day } from '../../core/text'
import { Icon } from '../../core/ui'
import { search } from '../../core/ui/icons'
import { dong, spaced } from '../../modules/payments/money'
import { read } from '../access'
import { usePages } from '../pages'
import { Nothing, Pages, Screen, Table } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type Row = Reply<'GET /api/payments/desk/charges'>['items'][number]
const states = ['due', 'paid', 'exempt', 'cancelled'] as const

/** What people are asked to pay, in one's own unit or everywhere. */
export default function Charges() {
  const { query, route } = useLocation()
  const { code = '', state } = query as { code?: string; state?: string }
  const which = states.find(one => one === state) ?? null
  const typed = useSignal(code)
  const found = usePages<Row>(`charges ${which} ${code}`, (cursor, signal) => read('GET /api/payments/desk/charges', { which, code, limit: 50, cursor }, signal))
  return (
    <Screen title={t.title} lead={t.lead}>
      <Parts />
      <form class="searchbox" role="search" onSubmit={event => (event.preventDefault(), route(`/staff/payments?code=${encodeURIComponent(typed.value.trim())}`))}>
        <Icon of={search} />
        <input type="search" aria-label={t.byCode} placeholder={t.byCode} autocomplete="off" maxLength={60} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
      </form>
      <div class="field">
        <label for="state">{t.state}</label>
        <select id="state" class="input" value={which ?? ''} onChange={event => route(`/staff/payments?state=${event.currentTarget.value}`)}>
          <option value="">{t.all}</option>
          {states.map(one => (
            <option key={one} value={one}>
              {t.states[one]}
            </option>
          ))}
        </select>
      </div>
      <Pages of={found} empty={<Nothing title={t.none} />}>
        {rows => (
          <Table
            caption={t.title}
            rows={rows}
            id={one => one.id}
            href={one => `/staff/payments/${one.id}`}
            columns={[
              { title: t.code, of: one => spaced(one.code) },
              { title: t.payee, of: one => one.payee, lang: 'vi' },
              { title: t.purpose, of: one => t.purposes[one.purpose] },
              { title: t.amount, of: one => dong(one.amount), end: true },
              { title: t.dueOn, of: one => (one.due_on ? day(one.due_on) : ''), named: true },
              { title: t.state, of: one => t.states[one.state] },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}
