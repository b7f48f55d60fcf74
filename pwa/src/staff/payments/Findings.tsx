import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { moment } from '../../core/moment'
import { Sheet } from '../../core/ui/Sheet'
import { dong, spaced } from '../../modules/payments/money'
import { read } from '../access'
import { useDeed } from '../deed'
import { usePages } from '../pages'
import { Field, Finish, Nothing, Pages, Panel, Quote, Said, Screen } from '../ui'
import { Parts } from './Parts'
import { t } from './text'

type All = Reply<'GET /api/payments/desk/findings'>
type One = All['items'][number]

/** About a line of the bank's statement, and not what the gateway told. */
const ofBank = (it: One) => it.kind.startsWith('not-') || it.kind === 'stated-otherwise'

/** What differs, and money nobody knows the purpose of: a person decides. */
export default function Findings() {
  const found = usePages<One, All>('findings', (cursor, signal) => read('GET /api/payments/desk/findings', { limit: 50, cursor }, signal))
  const open = useSignal<One>()
  const code = useSignal('')
  const { busy, said, run } = useDeed()
  const go = (act: () => Promise<unknown>, close?: () => void) =>
    void run(async () => {
      await act()
      found.again()
      close?.()
    })
  return (
    <Screen title={t.parts.findings} lead={t.findingsLead}>
      <Parts />
      <p>
        <a class="button" href="/staff/payments/tables">
          {t.bringStatement}
        </a>
      </p>
      <Said text={open.value ? '' : said.value} />
      <Pages of={found} empty={<Nothing title={t.noFindings} />}>
        {items => (
          <>
            {items.map(it => (
              <Panel key={it.id} title={t.findings[it.kind]} hint={moment(it.at)} tone={it.kind === 'unknown-money' ? '' : 'warn'}>
                {it.amount !== null && <p class="strong">{it.due === null ? dong(it.amount) : (ofBank(it) ? t.statedAndBooked : t.saidAndDue)(dong(it.amount), dong(it.due))}</p>}
                {it.told && <p>{(ofBank(it) ? t.bankCalls : t.gatewayNamed)(it.told)}</p>}
                {it.more && <p>{t.moreOfThem}</p>}
                {it.text && <Quote of={it.text} />}
                {it.code && it.charge_id && (
                  <p>
                    <a href={`/staff/payments/${it.charge_id}`}>{spaced(it.code)}</a>
                  </p>
                )}
                <div class="buttons">
                  {it.line ? (
                    <>
                      <button class="button main" type="button" onClick={() => ((code.value = it.code ?? ''), (said.value = ''), (open.value = it))}>
                        {t.assign}
                      </button>
                      <button class="button" type="button" disabled={busy.value} onClick={() => go(() => api('POST /api/payments/desk/lines/{line_id}/give-back', { line_id: it.line! }))}>
                        {it.kind === 'wrong-amount' ? t.gatewayGaveBack : t.giveBack}
                      </button>
                    </>
                  ) : (
                    <button class="button" type="button" disabled={busy.value} onClick={() => go(() => api('POST /api/payments/desk/findings/{finding_id}/close', { finding_id: it.id }))}>
                      {t.looked}
                    </button>
                  )}
                </div>
              </Panel>
            ))}
          </>
        )}
      </Pages>
      {open.value && (
        <Sheet title={t.assign} onClose={() => (open.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), go(() => api('POST /api/payments/desk/lines/{line_id}/assign', { line_id: open.value!.line!, body: { code: code.value } }), close))}>
              <Field label={t.code} hint={t.assignHint}>
                {is => <input {...is} class="input" required maxLength={60} value={code.value} onInput={event => (code.value = event.currentTarget.value)} />}
              </Field>
              <Said text={said.value} />
              <Finish busy={busy.value} label={t.assign} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </Screen>
  )
}
