import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { type Asked, useAsk } from '../../../core/ask'
import { connected } from '../../../core/connection'
import { moment } from '../../../core/moment'
import { letters } from '../../../core/preferences'
import { ringsHere } from '../../../core/push'
import { mark } from '../../../core/session'
import { language } from '../../../core/text'
import { t as core } from '../../../core/text/words'
import { Await, Choices, Empty, Icon, Note } from '../../../core/ui'
import { bell, info, search } from '../../../core/ui/icons'
import { useDeed } from '../../identity/deed'
import '../../identity/identity.css'
import { Said } from '../../identity/Said'
import { SignedIn } from '../../identity/SignedIn'
import './inbox.css'
import { fetchLetters, type Letter, setAllRead, setRead } from './letters'
import { t } from './text'

type Page = Reply<'GET /api/notifications'>
type Shelf = 'all' | 'archive'

export default function Inbox() {
  return (
    <SignedIn title={t.title} path="/inbox" back={['/', core.tabHome]}>
      <NotHere />
      <Letters />
    </SignedIn>
  )
}

/** Whether this very device would ring for them; nothing is said until that is known. */
function NotHere() {
  const rings = useSignal(true)
  useEffect(() => void ringsHere().then(now => (rings.value = now), () => {}), [])
  if (rings.value || mark.value?.shared) return null
  return (
    <Note icon={bell} title={t.notHere}>
      <p>{t.notHereText}</p>
      <a class="button" href="/notifications">
        {t.turnOn}
      </a>
    </Note>
  )
}

function Letters() {
  const { query, route } = useLocation()
  const shelf: Shelf = 'archived' in query ? 'archive' : 'all'
  const words = useSignal(query.q ?? '')
  const q = query.q ?? ''
  const plain = shelf === 'all' && !q
  const asked = useAsk(`inbox ${language.value} ${shelf} ${q}`, signal => (plain ? fetchLetters(signal) : api('GET /api/notifications', { archived: shelf === 'archive', q }, signal)))
  // The first page is the phone's own copy, which changes as letters are read and put away.
  const copy = letters.value
  const page: Asked<Page> = plain && copy ? { ...asked, value: copy.of } : asked
  useEffect(() => {
    if (words.value.trim() === q) return
    const wait = setTimeout(() => go(shelf, words.value.trim()), 350)
    return () => clearTimeout(wait)
  }, [words.value])
  function go(shelf: Shelf, q: string) {
    const asked = new URLSearchParams({ ...(shelf === 'archive' && { archived: '' }), ...(q && { q }) })
    route(`/inbox${asked.size ? `?${asked}` : ''}`, true)
  }
  return (
    <>
      <form class="searchbox" role="search" onSubmit={event => (event.preventDefault(), go(shelf, words.value.trim()))}>
        <Icon of={search} />
        <input type="search" aria-label={t.search} placeholder={t.search} value={words.value} maxLength={200} enterkeyhint="search" autocomplete="off" onInput={event => (words.value = event.currentTarget.value)} />
      </form>
      <Choices legend={t.show} name="shelf" row value={shelf} onChange={next => go(next, q)} of={[{ value: 'all', label: t.all }, { value: 'archive', label: t.archive }]} />
      {plain && copy && !connected.value && <p class="hint">{t.asOf(moment(copy.at))}</p>}
      <Await of={page}>{first => <List first={first} shelf={shelf} q={q} lang={plain && copy ? copy.lang : language.value} />}</Await>
    </>
  )
}

function List({ first, shelf, q, lang }: { first: Page; shelf: Shelf; q: string; lang: string }) {
  const more = useSignal<Page[]>([])
  const { busy, said, run } = useDeed()
  const begins = first.items[0]?.id
  useEffect(() => void (more.value = []), [begins, shelf, q])
  const pages = [first, ...more.value]
  const next = pages.at(-1)!.next_cursor
  const items = pages.flatMap(page => page.items)
  if (!items.length)
    return (
      <Empty title={q ? t.noneFound : shelf === 'archive' ? t.noneArchived : t.none}>
        {q ? <p>{t.noneFoundText}</p> : shelf === 'all' && <p>{t.noneText}</p>}
      </Empty>
    )
  return (
    <>
      <ol class="letters">
        {items.map(one => (
          <Row key={one.id} of={one} lang={lang} />
        ))}
      </ol>
      <div class="buttons">
        {next && (
          <button
            class="button"
            type="button"
            disabled={busy.value}
            onClick={() => void run(async () => (more.value = [...more.value, await api('GET /api/notifications', { archived: shelf === 'archive', q, cursor: next })]))}
          >
            {t.more}
          </button>
        )}
        {first.unread > 0 && shelf === 'all' && !q && (
          <button class="button bare" type="button" disabled={busy.value} onClick={() => void run(() => setAllRead(items[0]!.at))}>
            {t.allRead}
          </button>
        )}
      </div>
      <Said text={said.value?.()} />
      <p>
        <a href="/notifications/how">{t.how}</a>
      </p>
    </>
  )
}

/** A tap leads to what it is about; beside it, to the letter itself and what became of it. */
const Row = ({ of: one, lang }: { of: Letter; lang: string }) => (
  <li class={one.read_at ? undefined : 'unread'}>
    <a class="letter" href={one.path} onClick={() => void setRead(one.id, true).catch(() => {})}>
      <span class="row-title" lang={lang}>
        {!one.read_at && <span class="unseen">{t.unread}: </span>}
        {one.title}
      </span>
      <span lang={lang}>{one.body}</span>
      <span class="hint">{moment(one.at)}</span>
    </a>
    <a class="letter-more" href={`/inbox/${one.id}`} aria-label={`${t.about} ${one.title}`}>
      <Icon of={info} />
    </a>
  </li>
)
