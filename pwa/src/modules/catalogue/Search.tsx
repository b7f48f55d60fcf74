import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { connected, PATIENCE } from '../../core/connection'
import { language } from '../../core/text'
import { Empty, Failed, Icon, Note, Page, Skeleton } from '../../core/ui'
import { arrow, cloud, filter, search } from '../../core/ui/icons'
import './catalogue.css'
import { type Asked, asked as askedBy, PAGE, page, UNFILTERED } from './asked'
import { Filters } from './Filters'
import type { Hit } from './outline'
import { fee, levels, short, time } from './say'
import { t } from './text'
import { trail } from './trail'

type Question = { choices: { label: string; code: string }[] } | null
type Found = { key: string; hits: Hit[]; next: string | null; question: Question; offline: boolean }

/** The last list, so that coming back from a procedure finds it as it was, further pages included. */
let last: Found | undefined

export default function Search() {
  const { query, route } = useLocation()
  const asked = askedBy(query)
  const key = language.value + JSON.stringify(asked)
  const typed = useSignal(query.q ?? '')
  const sent = useRef(asked.q)
  const found = useSignal<Found | undefined>(last?.key === key ? last : undefined)
  const failed = useSignal<Problem>()
  const busy = useSignal(false)
  const filtering = useSignal(false)
  const turn = useSignal(0)
  const field = useRef<HTMLInputElement>(null)

  const go = (next: Partial<typeof asked>) => {
    const all = Object.entries({ ...asked, q: typed.value.trim(), ...next }).filter(([, value]) => value)
    sent.current = typed.value.trim()
    route(`/search?${new URLSearchParams(all)}`, true)
  }

  // Whoever began typing on the first screen goes on typing here.
  useLayoutEffect(() => {
    if (!trail.typing) return
    trail.typing = false
    field.current?.focus()
    field.current?.setSelectionRange(typed.value.length, typed.value.length)
  }, [])

  // Back, forward and links change the address under us: the field follows. Our own changes never overwrite a newer letter.
  useEffect(() => {
    trail.search = `/search${location.search}`
    if (asked.q !== sent.current) typed.value = sent.current = asked.q
  }, [key])

  useEffect(() => {
    if (typed.value.trim() === asked.q) return
    // Whoever has tapped a result meanwhile must not be called back.
    const soon = setTimeout(() => location.pathname === '/search' && go({}), 250)
    return () => clearTimeout(soon)
  }, [typed.value])

  useEffect(() => {
    if (found.value?.key === key && !found.value.offline && !failed.value) return
    const stop = new AbortController()
    busy.value = true
    failed.value = undefined
    ask(asked, undefined, stop.signal)
      .then(page => {
        for (const hit of page.hits) trail.titles.set(hit.code, hit.title)
        found.value = last = { key, ...page }
        busy.value = false
      })
      .catch((cause: Problem) => {
        if (stop.signal.aborted) return
        failed.value = cause
        busy.value = false
      })
    return () => stop.abort()
  }, [key, turn.value, connected.value])

  async function more() {
    const now = found.value!
    busy.value = true
    const page = await ask(asked, now.next!).catch(() => undefined)
    busy.value = false
    if (page && found.value === now) found.value = last = { ...now, hits: [...now.hits, ...page.hits], next: page.next }
  }

  const active = [asked.field, asked.audience, asked.level, asked.agency].filter(Boolean).length
  const now = found.value
  return (
    <Page title={t.searchTitle}>
      <div class="search-head">
        <form class="searchbox" role="search" action="/search" onSubmit={event => (event.preventDefault(), go({}), field.current?.blur())}>
          <Icon of={search} />
          <input ref={field} type="search" name="q" aria-label={t.searchLabel} placeholder={t.searchPlaceholder} autocomplete="off" enterkeyhint="search" maxLength={200} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
        </form>
        <button class="button" type="button" aria-pressed={active > 0} onClick={() => (filtering.value = true)}>
          <Icon of={filter} />
          {active ? t.filterOn(active) : t.filter}
        </button>
      </div>

      {now?.offline && (
        <Note tone="warn" icon={cloud}>
          {t.offlineSearch} {(asked.audience || asked.agency) && t.offlineFilters}
        </Note>
      )}
      {now?.question && <Ask question={now.question} />}

      <p class="hint" role="status">
        {failed.value ? '' : !now ? t.searching : now.hits.length ? t.found(now.hits.length, !!now.next) : t.foundNothing}
      </p>
      {failed.value ? (
        <Failed problem={failed.value} again={() => turn.value++} />
      ) : !now ? (
        <Skeleton rows={5} />
      ) : now.hits.length ? (
        <>
          <ul class={busy.value ? 'rows waiting' : 'rows'}>
            {now.hits.map(hit => (
              <ResultRow key={hit.code} hit={hit} />
            ))}
          </ul>
          {now.next && (
            <button class="button full" type="button" disabled={busy.value} onClick={() => void more()}>
              {busy.value ? t.searching : t.more}
            </button>
          )}
        </>
      ) : (
        <Nothing q={asked.q} filtered={active > 0} clear={() => go(UNFILTERED)} />
      )}

      {filtering.value && <Filters now={asked} onDone={next => ((filtering.value = false), next && go(next))} />}
    </Page>
  )
}

/** One page of answers: the server's, or without a line those of the list kept on the phone, all at once. */
async function ask(asked: Asked, cursor?: string, signal?: AbortSignal): Promise<Omit<Found, 'key'>> {
  try {
    if (!connected.peek()) throw new Problem(0)
    const { items, next_cursor, question } = await api('GET /api/catalogue/procedures', page(asked, cursor), signal, PATIENCE)
    return { hits: items, next: next_cursor, question, offline: false }
  } catch (cause) {
    if (signal?.aborted || !(cause instanceof Problem && (cause.offline || cause.status >= 500))) throw cause
    const { searchOutline } = await import('./outline')
    const hits = await searchOutline(asked.q, asked.field, asked.level)
    const from = Number(cursor ?? 0)
    return { hits: hits.slice(from, from + PAGE), next: hits.length > from + PAGE ? String(from + PAGE) : null, question: null, offline: true }
  }
}

/** The catalogue asks back when the words fit several things. */
const Ask = ({ question }: { question: NonNullable<Question> }) => (
  <section class="card ask" aria-labelledby="ask">
    <h2 id="ask">{t.which}</h2>
    <ul class="ask-choices">
      {question.choices.map(choice => (
        <li key={choice.code}>
          <a class="choice" href={`/procedures/${choice.code}`} lang="vi">
            <span>{choice.label}</span>
            <Icon of={arrow} />
          </a>
        </li>
      ))}
    </ul>
  </section>
)

export const ResultRow = ({ hit }: { hit: Hit }) => (
  <li>
    <a class="row" href={`/procedures/${hit.code}`}>
      <span class="row-text">
        <span class="row-title" lang="vi">
          {short(hit.title)}
        </span>
        <span class="facts-line">
          {hit.levels.length > 0 && <span>{levels(hit.levels)}</span>}
          {hit.time && <span>{time(hit.time)}</span>}
          {hit.fee != null && <span>{fee(hit.fee)}</span>}
        </span>
        {(hit.online || !hit.in_force) && (
          <span class="facts-line">
            {hit.online && <span class="tag water">{t.online}</span>}
            {!hit.in_force && <span class="tag warn">{t.ended}</span>}
          </span>
        )}
      </span>
      <Icon of={arrow} />
    </a>
  </li>
)

const Nothing = ({ q, filtered, clear }: { q: string; filtered: boolean; clear: () => void }) => (
  <Empty title={q ? t.nothing(q) : t.nothingHere}>
    <p>{t.nothingTry}</p>
    <p>{t.nothingShorter}</p>
    <div class="buttons">
      {filtered && (
        <button class="button main" type="button" onClick={clear}>
          {t.clearFilters}
        </button>
      )}
      <a class="button" href="/">
        {t.nothingEvents}
      </a>
      <a class="button" href="/places">
        {t.nothingOffice}
      </a>
    </div>
  </Empty>
)
