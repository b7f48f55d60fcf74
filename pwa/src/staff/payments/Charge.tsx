import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useRef } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { changed, useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { day, language } from '../../core/text'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { dong, spaced } from '../../modules/payments/money'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { Facts, Field, Finish, Name, Panel, Said, Screen, Table } from '../ui'
import { t } from './text'

type Whole = Reply<'GET /api/payments/desk/charges/{charge_id}'>
const reasons = ['wrong-charge', 'withdrawn', 'other'] as const

/** One charge: whose, how much, every movement of its money, and what may be done with it. */
export default function Charge() {
  const { id } = useRoute().params as { id: string }
  const key = `desk charge ${id} ${language.value}`
  const asked = useAsk<Whole>(key, signal => read('GET /api/payments/desk/charges/{charge_id}', { charge_id: id }, signal))
  const now = useSignal<{ key: string; of: Whole }>()
  const one = now.value?.key === key ? now.value.of : asked.value
  // While it is asked for in another language, what is being typed stays.
  const last = useRef<Whole>(undefined)
  last.current = one ?? (last.current?.id === id ? last.current : undefined)
  return (
    <Screen title={one ? spaced(one.charge.code) : t.charge} back={['/staff/payments', t.title]}>
      <Await of={{ ...asked, value: one! }}>
        {({ charge, receipt_number }) => (
          <Panel>
            <Facts
              of={[
                [t.amount, <strong>{dong(charge.amount)}</strong>],
                [t.state, charge.says],
                [t.payee, <Name of={charge.payee} />],
                [t.what, charge.what ? <Name of={charge.what} /> : '–'],
                [t.forWhom, charge.for_whom ? <Name of={charge.for_whom} /> : '–'],
                [t.dueOn, charge.due_on ? day(charge.due_on) : '–'],
                [t.receipt, receipt_number ?? '–'],
              ]}
            />
          </Panel>
        )}
      </Await>
      {last.current && <Acts of={last.current} done={next => (now.value = { key, of: changed(key, next) })} />}
      {one && <Movements of={one} />}
    </Screen>
  )
}

type Open = 'cash' | 'refund' | 'again' | 'receipt'

function Acts({ of: it, done }: { of: Whole; done: (next: Whole) => void }) {
  const { busy, said, run } = useDeed()
  const open = useSignal<Open>()
  const amount = useSignal('')
  const reason = useSignal<(typeof reasons)[number]>('other')
  const typed = useSignal('')
  const link = useSignal('')
  const whole = () => Number(amount.value.replace(/[.\s,]/g, ''))
  const charge_id = it.id
  const surplus = it.movements.find(one => one.left > 0)
  const headers = { 'Idempotency-Key': crypto.randomUUID() }
  const verbs: Record<Open, () => Promise<Whole>> = {
    cash: () => api('POST /api/payments/desk/charges/{charge_id}/cash', { charge_id, headers, body: { amount: it.charge.amount } }),
    refund: () => api('POST /api/payments/desk/charges/{charge_id}/refunds', { charge_id, headers, body: { amount: whole(), expected_remaining: it.remaining, reason: reason.value } }),
    // What was too much, when a refund of it was refused.
    again: () => api('POST /api/payments/desk/charges/{charge_id}/refunds', { charge_id, headers, body: { amount: surplus!.left, expected_remaining: surplus!.left, reason: 'other', movement: surplus!.id } }),
    receipt: () => api('POST /api/payments/desk/charges/{charge_id}/receipt', { charge_id, body: { number: typed.value, link: link.value.trim() } }),
  }
  const go = (what: Open, close: () => void) =>
    void run(async () => {
      done(await verbs[what]())
      close()
    })
  const begin = (what: Open) => {
    amount.value = what === 'refund' ? String(it.remaining) : ''
    typed.value = (what === 'receipt' && it.receipt_number) || ''
    link.value = (what === 'receipt' && it.receipt_link) || ''
    said.value = ''
    open.value = what
  }
  const can = { cash: it.may_take_cash, refund: it.state === 'paid' && it.remaining > 0 && may('payments:refund'), again: !!surplus && may('payments:refund'), receipt: it.state === 'paid' && may('payments:cash') }
  return (
    <>
      <div class="buttons">
        {(['cash', 'refund', 'again', 'receipt'] as const)
          .filter(what => can[what])
          .map(what => (
            <button key={what} class={what === 'cash' ? 'button main' : 'button'} type="button" onClick={() => begin(what)}>
              {t.acts[what]}
            </button>
          ))}
      </div>
      {open.value && (
        <Sheet title={t.acts[open.value]} onClose={() => (open.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), go(open.value!, close))}>
              {open.value === 'cash' && <p>{t.cashAsk(dong(it.charge.amount))}</p>}
              {open.value === 'refund' && (
                <>
                  <Field label={t.refundAmount} hint={t.remaining(dong(it.remaining))}>
                    {is => <input {...is} class="input" inputmode="numeric" required pattern="[0-9. ]+" value={amount.value} onInput={event => (amount.value = event.currentTarget.value)} />}
                  </Field>
                  <Field label={t.reason} hint={t.fourEyes}>
                    {is => (
                      <select {...is} class="input" value={reason.value} onChange={event => (reason.value = event.currentTarget.value as (typeof reasons)[number])}>
                        {reasons.map(one => (
                          <option key={one} value={one}>
                            {t.reasons[one]}
                          </option>
                        ))}
                      </select>
                    )}
                  </Field>
                </>
              )}
              {open.value === 'again' && surplus && (
                <>
                  <p class="strong">{dong(surplus.left)}</p>
                  <p class="hint">{t.fourEyes}</p>
                </>
              )}
              {open.value === 'receipt' && (
                <>
                  <Field label={t.receipt} hint={t.receiptHint}>
                    {is => <input {...is} class="input" required maxLength={60} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />}
                  </Field>
                  <Field label={t.receiptLink} hint={t.receiptLinkHint}>
                    {is => <input {...is} class="input" type="url" pattern="https://.+" maxLength={300} value={link.value} onInput={event => (link.value = event.currentTarget.value)} />}
                  </Field>
                </>
              )}
              <Said text={said.value} />
              <Finish busy={busy.value} label={t.acts[open.value!]} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </>
  )
}

const Movements = ({ of: it }: { of: Whole }) => (
  <Panel title={t.happened}>
    <ol class="rows quiet">
      {it.steps.map(step => (
        <li key={step.at + step.kind} class="line">
          <span>
            {step.says}
            {step.amount != null && <strong> · {dong(step.amount)}</strong>}
          </span>
          <span class="hint">{moment(step.at)}</span>
        </li>
      ))}
    </ol>
    {it.movements.length > 0 && (
      <Table
        caption={t.parts.ledger}
        rows={it.movements}
        id={one => one.id}
        columns={[
          { title: t.kind, of: one => t.kinds[one.kind] },
          { title: t.amount, of: one => dong(one.amount), end: true },
          { title: t.debit, of: one => one.debit, named: true },
          { title: t.credit, of: one => one.credit, named: true },
          { title: t.by, of: one => (one.by ? <Name of={one.by} /> : t.system) },
        ]}
      />
    )}
  </Panel>
)
