import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { changed, useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { Await, Note } from '../../core/ui'
import { dong, spaced } from '../../modules/payments/money'
import { read } from '../access'
import { useDeed } from '../deed'
import { Field, Name, Nothing, Panel, Said, Screen, Table } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type Day = Reply<'GET /api/payments/desk/days/{day}'>
/** By the province's clock, so many days ago. */
const ago = (days: number) => new Date(Date.now() + 25_200_000 - days * 86_400_000).toISOString().slice(0, 10)
export const today = () => ago(0)
export const yesterday = () => ago(1)

/** The cash of one's own desk: what was taken, what was counted. */
export default function DayScreen() {
  const day = useSignal(today())
  const key = `day ${day.value}`
  const asked = useAsk<Day>(key, signal => read('GET /api/payments/desk/days/{day}', { day: day.value }, signal))
  const now = useSignal<Day>()
  const counted = useSignal('')
  const { busy, said, run } = useDeed()
  const one = now.value?.day === day.value ? now.value : asked.value
  const close = () =>
    void run(async () => {
      now.value = changed(key, await api('POST /api/payments/desk/days/{day}/close', { day: day.value, body: { counted: Number(counted.value.replace(/[.\s,]/g, '')) } }))
    })
  return (
    <Screen title={t.parts.day} lead={t.dayLead}>
      <Parts />
      <Field label={t.dayOf}>{is => <input {...is} class="input" type="date" max={today()} value={day.value} onChange={event => event.currentTarget.value && (day.value = event.currentTarget.value)} />}</Field>
      <Await of={{ ...asked, value: one! }}>
        {it => (
          <>
            {it.items.length ? (
              <Table
                caption={t.parts.day}
                rows={it.items}
                id={one => one.at + one.code + one.amount}
                columns={[
                  { title: t.when, of: one => moment(one.at) },
                  { title: t.code, of: one => spaced(one.code) },
                  { title: t.amount, of: one => dong(one.amount), end: true },
                  { title: t.by, of: one => (one.by ? <Name of={one.by} /> : '') },
                ]}
              />
            ) : (
              <Nothing title={t.noCash} />
            )}
            <Panel title={t.booked(dong(it.booked))}>
              {it.counted === null ? (
                <form class="form" onSubmit={event => (event.preventDefault(), close())}>
                  <Field label={t.counted} hint={t.countedHint}>
                    {is => <input {...is} class="input" inputmode="numeric" required pattern="[0-9. ]+" value={counted.value} onInput={event => (counted.value = event.currentTarget.value)} />}
                  </Field>
                  <Said text={said.value} />
                  <div class="buttons">
                    <button class="button main" type="submit" disabled={busy.value}>
                      {t.closeDay}
                    </button>
                  </div>
                </form>
              ) : (
                <Note tone={it.counted === it.booked ? 'good' : 'bad'} title={it.counted === it.booked ? t.closed : t.closedDiffers(dong(it.counted - it.booked))}>
                  {it.closed_by && <Name of={it.closed_by} />}
                </Note>
              )}
            </Panel>
          </>
        )}
      </Await>
    </Screen>
  )
}
