import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, Empty } from '../../core/ui'
import { useDeed } from '../identity/deed'
import '../identity/identity.css'
import { Said } from '../identity/Said'
import { SignedIn } from '../identity/SignedIn'
import './privacy.css'
import { t } from './text'

type Page = Reply<'GET /api/privacy/looks'>

export default function Looks() {
  const first = useAsk(`looks ${language.value}`, signal => api('GET /api/privacy/looks', {}, signal))
  return (
    <SignedIn title={t.looks} path="/account/looks" back={['/account/privacy', t.title]}>
      <p>{t.looksLead}</p>
      <Await of={first}>{page => <List first={page} />}</Await>
    </SignedIn>
  )
}

function List({ first }: { first: Page }) {
  const more = useSignal<Page[]>([])
  const { busy, said, run } = useDeed()
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
            {one.place && (
              <p class="strong" lang="vi">
                {one.place}
              </p>
            )}
            <p class={one.place ? undefined : 'strong'}>{t.why[one.why]}</p>
            <p class="hint">
              {moment(one.at)} · {t.looksAs(one.as_what)}
            </p>
          </li>
        ))}
      </ol>
      {next && (
        <div>
          <button class="button" type="button" disabled={busy.value} onClick={() => void run(async () => (more.value = [...more.value, await api('GET /api/privacy/looks', { cursor: next })]))}>
            {t.more}
          </button>
          <Said text={said.value?.()} />
        </div>
      )}
    </>
  )
}
