import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, Empty } from '../../core/ui'
import '../identity/identity.css'
import { SignedIn } from '../identity/SignedIn'
import './privacy.css'
import { t } from './text'

type Page = Reply<'GET /api/privacy/looks'>

/** Where an officer works is a commune's code or an office's; people want its name. */
const names = async (signal: AbortSignal) => {
  const [units, offices] = await Promise.all([api('GET /api/places/units', { limit: 100 }, signal), api('GET /api/places/offices', { limit: 100 }, signal)])
  return new Map([...units.items.map(one => [one.code, one.name] as const), ...offices.items.map(one => [one.id, one.name] as const)])
}

export default function Looks() {
  const first = useAsk(`looks ${language.value}`, signal => api('GET /api/privacy/looks', {}, signal))
  const places = useAsk('names of places', names).value
  return (
    <SignedIn title={t.looks} path="/account/looks" back={['/account/privacy', t.title]}>
      <p>{t.looksLead}</p>
      <Await of={first}>{page => <List first={page} name={unit => places?.get(unit) ?? unit} />}</Await>
    </SignedIn>
  )
}

function List({ first, name }: { first: Page; name: (unit: string) => string }) {
  const more = useSignal<Page[]>([])
  useEffect(() => void (more.value = []), [first])
  const pages = [first, ...more.value]
  const next = pages.at(-1)!.next_cursor
  const items = pages.flatMap(page => page.items)
  if (!items.length)
    return (
      <Empty title={t.looksNone}>
        <p>{t.looksNoneText}</p>
      </Empty>
    )
  return (
    <>
      <ol class="rows looks">
        {items.map((one, i) => (
          <li key={i}>
            <p class="strong" lang="vi">
              {name(one.unit)}
            </p>
            <p>{t.why[one.why]}</p>
            <p class="hint">
              {moment(one.at)} · {t.looksAs(one.as_what)}
            </p>
          </li>
        ))}
      </ol>
      {next && (
        <div>
          <button class="button" type="button" onClick={() => void api('GET /api/privacy/looks', { cursor: next }).then(page => (more.value = [...more.value, page]), () => {})}>
            {t.more}
          </button>
        </div>
      )}
    </>
  )
}
