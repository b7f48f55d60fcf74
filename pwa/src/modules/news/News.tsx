import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, Empty, Icon, Page } from '../../core/ui'
import { search } from '../../core/ui/icons'
import './news.css'
import { Picture } from './Pieces'
import { t } from './text'

type List = Reply<'GET /api/news/articles'>
export type Summary = List['items'][number]
const PAUSE = 350

/** What the province says: the newest first. */
export default function News() {
  const { query, route } = useLocation()
  const q = query.q ?? ''
  const words = useSignal(q)
  const asked = useAsk<List>(`news ${language.value} ${q}`, signal => api('GET /api/news/articles', { q }, signal))
  const go = (q: string) => route(q ? `/news?q=${encodeURIComponent(q)}` : '/news', true)
  useEffect(() => {
    if (words.value.trim() === q) return
    const wait = setTimeout(() => location.pathname === '/news' && go(words.value.trim()), PAUSE)
    return () => clearTimeout(wait)
  }, [words.value])
  return (
    <Page title={t.title}>
      <form class="searchbox" role="search" onSubmit={event => (event.preventDefault(), go(words.value.trim()))}>
        <Icon of={search} />
        <input type="search" aria-label={t.search} placeholder={t.searchPlaceholder} value={words.value} maxLength={200} enterkeyhint="search" autocomplete="off" onInput={event => (words.value = event.currentTarget.value)} />
      </form>
      <Await of={asked} rows={5}>
        {({ items }) =>
          items.length ? (
            <ol class="news">
              {items.map(one => (
                <Card key={one.id} of={one} />
              ))}
            </ol>
          ) : (
            <Empty title={q ? t.noneFound : t.none}>
              <p>{q ? t.noneFoundText : t.noneText}</p>
            </Empty>
          )
        }
      </Await>
    </Page>
  )
}

export const Card = ({ of: one }: { of: Summary }) => (
  <li>
    <a class="news-card" href={`/news/${one.id}`}>
      <span class="news-words">
        <span class="facts-line">
          <span class="tag">{t.categories[one.category]}</span>
          <span>{moment(one.published_at)}</span>
        </span>
        <strong class="row-title" lang={one.lang}>
          {one.title}
        </strong>
        {one.summary && (
          <span class="news-summary" lang={one.lang}>
            {one.summary}
          </span>
        )}
      </span>
      {one.cover && <Picture file={one.cover.file} alt="" files="/api/news/files" />}
    </a>
  </li>
)
