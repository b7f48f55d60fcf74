import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, Problem } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { home } from '../../../core/preferences'
import { t as core } from '../../../core/text/words'
import { Await, Failed, Icon, Note, Page } from '../../../core/ui'
import { check, phone, warning } from '../../../core/ui/icons'
import { type Alert, alerts, cleared, concerns, look, stands, tone, words } from './now'
import { t } from './text'
import './warnings.css'

/** What stands now, one's own place first; then what was. */
export default function Warnings() {
  const now = alerts.value
  useEffect(() => void look(), [])
  const items = (now?.items ?? []).filter(stands)
  const [own, elsewhere] = [items.filter(concerns), items.filter(one => !concerns(one))]
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      {now?.at && <p class="hint">{t.copy(moment(now.at))}</p>}
      <div class="buttons">
        <a class="button bad" href="/emergency">
          <Icon of={phone} />
          {t.call}
        </a>
      </div>
      {now && own.length === 0 && (
        <Note tone="good" title={t.none}>
          {home.value && <p>{t.noneFor(home.value.name)}</p>}
        </Note>
      )}
      <List of={own} />
      {elsewhere.length > 0 && (
        <section class="section">
          <h2>{t.elsewhere}</h2>
          <List of={elsewhere} />
        </section>
      )}
      <Past />
    </Page>
  )
}

const List = ({ of }: { of: Alert[] }) => (
  <ul class="warnings">
    {of.map(one => (
      <li key={one.id}>
        <Row of={one} />
      </li>
    ))}
  </ul>
)

function Row({ of }: { of: Alert }) {
  const { kind, grade, headline, lang } = words(of)
  return (
    <a class={`warning-row ${stands(of) ? tone(of) : ''}`} href={`/warnings/${of.id}`}>
      <Icon of={cleared(of) ? check : warning} />
      <span>
        <strong lang={lang}>{headline}</strong>
        <span>{cleared(of) ? t.clearedOf(kind) : t.of(kind, grade)}</span>
        <small>{stands(of) && !cleared(of) && of.ends_at ? t.until(moment(of.ends_at)) : t.sent(moment(of.sent_at))}</small>
      </span>
    </a>
  )
}

function Past() {
  const first = useAsk('alerts past', signal => api('GET /api/news/alerts/past', { limit: 20 }, signal))
  const more = useSignal<{ items: Alert[]; next_cursor: string | null }>()
  const failed = useSignal<Problem>()
  useEffect(() => {
    more.value = undefined
  }, [first.value])
  async function next(cursor: string) {
    failed.value = undefined
    try {
      const page = await api('GET /api/news/alerts/past', { limit: 20, cursor })
      more.value = { items: [...(more.peek()?.items ?? []), ...page.items], next_cursor: page.next_cursor }
    } catch (cause) {
      failed.value = cause as Problem
    }
  }
  return (
    <section class="section">
      <h2>{t.past}</h2>
      <Await of={first} rows={2}>
        {page => {
          const items = [...page.items, ...(more.value?.items ?? [])]
          const cursor = (more.value ?? page).next_cursor
          if (!items.length) return <p class="hint">{t.noPast}</p>
          return (
            <>
              <List of={items} />
              {failed.value && <Failed problem={failed.value} again={() => void next(cursor!)} />}
              {cursor && !failed.value && (
                <button class="button" type="button" onClick={() => void next(cursor)}>
                  {t.morePast}
                </button>
              )}
            </>
          )
        }}
      </Await>
    </section>
  )
}
