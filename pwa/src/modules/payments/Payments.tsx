import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { resident } from '../../core/session'
import { day, language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Await, Page, Row } from '../../core/ui'
import { card, check, clock, coin, warning } from '../../core/ui/icons'
import { dong } from './money'
import './payments.css'
import { t } from './text'

type Charge = Reply<'GET /api/payments'>['items'][number]
type Which = 'due' | 'over'

export default function Payments() {
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      <p>{t.lead}</p>
      {resident.value?.id ? (
        <>
          <List which="due" title={t.due} none={t.dueNone} />
          <List which="over" title={t.over} none={t.overNone} />
        </>
      ) : (
        <a class="button main" href="/sign-in?next=/payments">
          {t.signIn}
        </a>
      )}
      <ul class="card rows section">
        <Row href="/payments/find" icon={card} title={t.byPaper}>
          <span class="hint">{t.byPaperHint}</span>
        </Row>
      </ul>
    </Page>
  )
}

/** The newest first; the history goes on as far as it reaches. */
function List({ which, title, none }: { which: Which; title: string; none: string }) {
  const asked = useAsk(`payments ${which} ${language.value}`, signal => api('GET /api/payments', { which }, signal))
  const more = useSignal<{ of: unknown; items: Charge[]; next: string | null }>()
  const busy = useSignal(false)
  const failed = useSignal(false)
  const grown = more.value?.of === asked.value ? more.value : undefined
  async function go(cursor: string, before: Charge[]) {
    busy.value = true
    failed.value = false
    try {
      const page = await api('GET /api/payments', { which, cursor })
      more.value = { of: asked.value, items: [...before, ...page.items], next: page.next_cursor }
    } catch (cause) {
      failed.value = cause instanceof Problem
    }
    busy.value = false
  }
  return (
    <section class="section">
      <h2>{title}</h2>
      <Await of={asked} rows={2}>
        {first => {
          const items = [...first.items, ...(grown?.items ?? [])]
          const next = grown ? grown.next : first.next_cursor
          return items.length ? (
            <>
              <ul class="card rows">
                {items.map(it => (
                  <Item key={it.code} of={it} />
                ))}
              </ul>
              <p class="said" role="alert">
                {failed.value && t.failed}
              </p>
              {next && (
                <button class="button" type="button" disabled={busy.value} onClick={() => void go(next, grown?.items ?? [])}>
                  {t.more}
                </button>
              )}
            </>
          ) : (
            <p class="hint">{none}</p>
          )
        }}
      </Await>
    </section>
  )
}

const draw = ({ standing, overdue }: Charge) => (overdue ? warning : standing === 'paid' || standing === 'exempt' ? check : standing === 'due' ? coin : clock)

const Item = ({ of: it }: { of: Charge }) => (
  <Row href={`/payments/${it.code}`} icon={draw(it)} title={it.what ?? it.purpose_says} {...(it.what ? { lang: 'vi' } : {})}>
    <span class="sum">{dong(it.amount)}</span>
    <span class={it.overdue ? 'tag bad' : 'hint'}>
      {it.standing === 'due' && it.due_on ? (it.overdue ? t.overdue(day(it.due_on)) : t.dueOn(day(it.due_on))) : it.standing === 'exempt' ? t.free(it.exemption_says ?? '') : it.says}
    </span>
  </Row>
)
