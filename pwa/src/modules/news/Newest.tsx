import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { home } from '../../core/preferences'
import { language } from '../../core/text'
import { Row } from '../../core/ui'
import { useKept } from './keep'
import { t } from './text'

type List = Reply<'GET /api/news/articles'>

/** On the first screen: the last three, of one's own commune first of all. */
export function Newest() {
  const commune = home.value?.code ?? ''
  const items = useAsk<List>(`newest ${language.value} ${commune}`, signal => api('GET /api/news/articles', { commune, limit: 3 }, signal)).value?.items
  useKept(items?.[0]?.id)
  if (!items?.length) return null
  return (
    <section class="section">
      <div class="section-head">
        <h2>{t.latest}</h2>
        <a href="/news">{t.all}</a>
      </div>
      <ul class="card rows">
        {items.map(one => (
          <Row key={one.id} href={`/news/${one.id}`} title={one.title} lang={one.lang}>
            <span class="hint">
              {t.categories[one.category]} · {moment(one.published_at)}
            </span>
          </Row>
        ))}
      </ul>
    </section>
  )
}
