import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { moment } from '../../core/moment'
import { Sheet } from '../../core/ui/Sheet'
import { dong, spaced } from '../../modules/payments/money'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { usePages } from '../pages'
import { Field, Finish, Name, Nothing, Pages, Panel, Said, Screen } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

const states = ['requested', 'sending'] as const
type One = Reply<'GET /api/payments/desk/refunds'>['items'][number]

/** What somebody says: decided by themselves, or heard from a gateway that has had it in hand for too long. */
const giving = (of: One, give: boolean) => (of.stuck ? (give ? t.gaveAfterAll : t.gaveNot) : give ? t.give : t.refuse)

/** Money that is to go back: whoever asked does not decide. */
export default function Refunds() {
  const which = useSignal<(typeof states)[number]>('requested')
  const found = usePages<One>(`refunds ${which.value}`, (cursor, signal) => read('GET /api/payments/desk/refunds', { which: which.value, limit: 50, cursor }, signal))
  const open = useSignal<{ of: One; give: boolean }>()
  const reference = useSignal('')
  const cash = useSignal(false)
  const { busy, said, run } = useDeed()
  const decide = (close: () => void) =>
    run(async () => {
      const { of, give } = open.value!
      await api('POST /api/payments/desk/refunds/{refund_id}/decide', { refund_id: of.id, headers: { 'If-Match': `"${of.version}"` }, body: { give, paid_ref: cash.value ? '' : reference.value, cash: cash.value } })
      close()
      found.again()
    })
  const begin = (of: One, give: boolean) => ((reference.value = ''), (cash.value = false), (said.value = ''), (open.value = { of, give }))
  return (
    <Screen title={t.parts.refunds} lead={t.fourEyes}>
      <Parts />
      <Field label={t.show}>
        {is => (
          <select {...is} class="input" value={which.value} onChange={event => (which.value = event.currentTarget.value as (typeof states)[number])}>
            {states.map(one => (
              <option key={one} value={one}>
                {t.which[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Pages of={found} empty={<Nothing title={t.noRefunds[which.value]} />}>
        {items => (
          <>
            {items.map(it => (
              <Panel key={it.id} title={dong(it.amount)} hint={`${t.reasons[it.reason]} · ${moment(it.asked_at)}`}>
                <p>
                  <a href={`/staff/payments/${it.charge_id}`}>{spaced(it.code)}</a> · <Name of={it.payee} />
                </p>
                <p class="hint">
                  {t.askedBy}: {it.asked_by ? <Name of={it.asked_by} /> : t.system}
                </p>
                {it.state === 'sending' && <p>{it.sent_at ? t.inHand(moment(it.sent_at)) : t.waits}</p>}
                {it.stuck && <p class="strong">{t.stuck}</p>}
                {it.state === 'sending' && !it.stuck ? null : it.mine ? (
                  <p class="strong">{t.mine}</p>
                ) : (
                  may('payments:approve') && (
                    <div class="buttons">
                      <button class="button main" type="button" onClick={() => begin(it, true)}>
                        {giving(it, true)}
                      </button>
                      <button class="button" type="button" onClick={() => begin(it, false)}>
                        {giving(it, false)}
                      </button>
                    </div>
                  )
                )}
              </Panel>
            ))}
          </>
        )}
      </Pages>
      {open.value && (
        <Sheet title={giving(open.value.of, open.value.give)} onClose={() => (open.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void decide(close))}>
              <p class="strong">{dong(open.value!.of.amount)}</p>
              {open.value!.give && !open.value!.of.stuck && may('payments:cash') && (
                <label class="choice">
                  <input type="checkbox" checked={cash.value} onChange={event => (cash.value = event.currentTarget.checked)} />
                  <span>{t.fromDrawer}</span>
                </label>
              )}
              {!open.value!.give && open.value!.of.stuck && <p>{t.gaveNotHint}</p>}
              {open.value!.give && !cash.value && (
                <Field label={t.paidRef} hint={open.value!.of.stuck ? t.gaveHint : open.value!.of.by_gateway ? t.byGateway : t.paidRefHint}>
                  {is => <input {...is} class="input" required={open.value!.of.stuck || !open.value!.of.by_gateway} maxLength={60} value={reference.value} onInput={event => (reference.value = event.currentTarget.value)} />}
                </Field>
              )}
              <Said text={said.value} />
              <Finish busy={busy.value} label={giving(open.value!.of, open.value!.give)} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </Screen>
  )
}
