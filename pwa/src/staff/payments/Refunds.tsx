import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { dong, spaced } from '../../modules/payments/money'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { Field, Finish, Name, Nothing, Panel, Said, Screen } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type One = Reply<'GET /api/payments/desk/refunds'>['items'][number]

/** Money that is to go back: whoever asked does not decide. */
export default function Refunds() {
  const asked = useAsk('refunds', signal => read('GET /api/payments/desk/refunds', { which: 'requested' }, signal))
  const open = useSignal<{ of: One; give: boolean } | undefined>(undefined)
  const reference = useSignal('')
  const { busy, said, run } = useDeed()
  const decide = (close: () => void) =>
    run(async () => {
      const { of, give } = open.value!
      await api('POST /api/payments/desk/refunds/{refund_id}/decide', { refund_id: of.id, headers: { 'If-Match': `"${of.version}"` }, body: { give, paid_ref: reference.value } })
      close()
      asked.again()
    })
  const begin = (of: One, give: boolean) => ((reference.value = ''), (said.value = ''), (open.value = { of, give }))
  return (
    <Screen title={t.parts.refunds} lead={t.fourEyes}>
      <Parts />
      <Await of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t.noRefunds} />
          ) : (
            <>
              {items.map(it => (
                <Panel key={it.id} title={dong(it.amount)} hint={`${t.reasons[it.reason]} · ${moment(it.asked_at)}`}>
                  <p>
                    <a href={`/staff/payments/${it.charge_id}`}>{spaced(it.code)}</a> · <Name of={it.payee} />
                  </p>
                  <p class="hint">
                    {t.askedBy}: {it.asked_by ? <Name of={it.asked_by} /> : t.system}
                  </p>
                  {it.mine ? (
                    <p class="strong">{t.mine}</p>
                  ) : (
                    may('payments:approve') && (
                      <div class="buttons">
                        <button class="button main" type="button" onClick={() => begin(it, true)}>
                          {t.give}
                        </button>
                        <button class="button" type="button" onClick={() => begin(it, false)}>
                          {t.refuse}
                        </button>
                      </div>
                    )
                  )}
                </Panel>
              ))}
            </>
          )
        }
      </Await>
      {open.value && (
        <Sheet title={open.value.give ? t.give : t.refuse} onClose={() => (open.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void decide(close))}>
              <p class="strong">{dong(open.value!.of.amount)}</p>
              {open.value!.give && (
                <Field label={t.paidRef} hint={open.value!.of.by_gateway ? t.byGateway : t.paidRefHint}>
                  {is => <input {...is} class="input" required={!open.value!.of.by_gateway} maxLength={60} value={reference.value} onInput={event => (reference.value = event.currentTarget.value)} />}
                </Field>
              )}
              <Said text={said.value} />
              <Finish busy={busy.value} label={open.value!.give ? t.give : t.refuse} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </Screen>
  )
}
