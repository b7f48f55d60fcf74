import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, Note, Page } from '../../core/ui'
import { check } from '../../core/ui/icons'
import { dong, spaced } from './money'
import './payments.css'
import { t } from './text'

/** Where the gateway sends the browser back: what it says is shown, and nothing is paid by that. */
export default function Back() {
  const query = location.search.slice(1)
  const asked = useAsk(`back ${query} ${language.value}`, signal => api('POST /api/payments/vnpay/return', { body: { query } }, signal))
  return (
    <Page title={t.backTitle} back={['/payments', t.title]}>
      <Await of={asked} rows={2}>
        {it => (
          <>
            <Note tone={it.outcome === 'paid' ? 'good' : 'warn'} {...(it.outcome === 'paid' ? { icon: check } : {})} title={it.outcome === 'paid' ? t.backPaid : it.outcome === 'confirming' ? t.backConfirming : t.backFailed}>
              {it.outcome === 'confirming' && it.promised_at ? t.confirmingHint(moment(it.promised_at)) : it.says}
            </Note>
            <p>
              <span class="sum">{dong(it.amount)}</span>
              <span class="hint"> · {spaced(it.code)}</span>
            </p>
            <div class="buttons">
              <a class="button main" href={`/payments/${it.code}`}>
                {t.toCharge}
              </a>
              <a class="button" href="/payments">
                {t.toPayments}
              </a>
            </div>
          </>
        )}
      </Await>
    </Page>
  )
}
