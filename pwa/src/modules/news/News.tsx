import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDeed } from '../../core/deed'
import { useLater } from '../../core/later'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Await, Empty, Icon, Page } from '../../core/ui'
import { search } from '../../core/ui/icons'
import { useKept } from './keep'
import './news.css'
import { Picture } from './Pieces'
import { t } from './text'

type List = Reply<'GET /api/news/articles'>
export type Summary = List['items'][number]
type Query = { commune: string; topic: string; q: string }
const PAUSE = 350
const placing = () => import('./Where')

/** What the province says: the newest first, of one's own commune or of all, about one thing or everything. */
export default function News() {
  const { query, route } = useLocation()
  const asking: Query = { commune: query.commune ?? '', topic: query.topic ?? '', q: query.q ?? '' }
  const words = useSignal(asking.q)
  const asked = useAsk<List>(`news ${language.value} ${JSON.stringify(asking)}`, signal => ask(asking, signal))
  const go = (part: Partial<Query>) => {
    const next = new URLSearchParams(Object.entries({ ...asking, ...part }).filter(([, value]) => value))
    route(`/news${next.size ? `?${next}` : ''}`, true)
  }
  useEffect(() => {
    if (words.value.trim() === asking.q) return
    const wait = setTimeout(() => location.pathname === '/news' && go({ q: words.value.trim() }), PAUSE)
    return () => clearTimeout(wait)
  }, [words.value])
  useKept(asked.value?.items[0]?.id)
  const places = useLater(placing)
  const topics = asked.value?.topics ?? []
  // So that nothing moves when the field comes.
  const room = (
    <div class="field" aria-hidden="true">
      <span class="strong">{t.where}</span>
      <span class="input">{'\u00a0'}</span>
    </div>
  )
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      <form class="searchbox" role="search" onSubmit={event => (event.preventDefault(), go({ q: words.value.trim() }))}>
        <Icon of={search} />
        <input type="search" aria-label={t.search} placeholder={t.searchPlaceholder} value={words.value} maxLength={200} enterkeyhint="search" autocomplete="off" onInput={event => (words.value = event.currentTarget.value)} />
      </form>
      {places ? (
        <places.Where value={asking.commune} choose={commune => go({ commune })}>
          {room}
        </places.Where>
      ) : (
        room
      )}
      {topics.length > 1 && (
        <label class="field">
          <span class="strong">{t.about}</span>
          <select class="input" value={asking.topic} onChange={event => go({ topic: event.currentTarget.value })}>
            <option value="">{t.allTopics}</option>
            {topics.map(one => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Await of={asked} rows={5}>
        {first => <Cards key={JSON.stringify(asking)} first={first} asking={asking} />}
      </Await>
    </Page>
  )
}

/** Without a line, the newest that the phone has kept. */
async function ask(query: Query, signal?: AbortSignal, cursor?: string): Promise<List> {
  try {
    return await api('GET /api/news/articles', { ...query, ...(cursor && { cursor }) }, signal)
  } catch (cause) {
    if (!(cause instanceof Problem && cause.offline) || cursor) throw cause
    return (await import('./offline')).listKept(query).catch(() => {
      throw cause
    })
  }
}

function Cards({ first, asking }: { first: List; asking: Query }) {
  const more = useSignal<List[]>([])
  const { busy, said, run } = useDeed(cause => (cause instanceof Problem && cause.said.detail) || core.failed, '')
  useEffect(() => void (more.value = []), [first])
  const pages = [first, ...more.value]
  const items = pages.flatMap(page => page.items)
  const cursor = pages.at(-1)!.next_cursor
  const narrowed = asking.q || asking.topic || asking.commune
  if (!items.length)
    return (
      <Empty title={narrowed ? t.noneFound : t.none}>
        <p>{narrowed ? t.noneFoundText : t.noneText}</p>
        {narrowed && (
          <a class="button main" href="/news">
            {t.clear}
          </a>
        )}
      </Empty>
    )
  return (
    <>
      <ol class="news">
        {items.map(one => (
          <Card key={one.id} of={one} />
        ))}
      </ol>
      <p role="status">{said.value}</p>
      {cursor && (
        <div class="buttons">
          <button class="button" type="button" disabled={busy.value} onClick={() => void run(async () => (more.value = [...more.value, await ask(asking, undefined, cursor)]))}>
            {t.more}
          </button>
        </div>
      )}
    </>
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
