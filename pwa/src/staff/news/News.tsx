import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, type Reply } from '../../core/api'
import { moment } from '../../core/moment'
import { useAsk } from '../../core/ask'
import { Icon } from '../../core/ui'
import { close as cross } from '../../core/ui/icons'
import { Sheet } from '../../core/ui/Sheet'
import { may, read } from '../access'
import { Find } from '../Find'
import { useDeed } from '../deed'
import { plus } from '../icons'
import { usePages } from '../pages'
import { Name, Nothing, Pages, Said, Screen, Table } from '../ui'
import { blank, type Content } from './content'
import { t } from './text'

type Row = Reply<'GET /api/news/desk'>['items'][number]
const lists = ['all', 'mine', 'drafts', 'review', 'scheduled', 'published', 'over'] as const
type List = (typeof lists)[number]

/** Everything that is written, waits, is out or is over. */
export default function News() {
  const { query, route } = useLocation()
  const { q = '', list } = query as { q?: string; list?: string }
  const which: List = lists.find(one => one === list) ?? 'all'
  const { busy, said, run } = useDeed()
  const found = usePages<Row>(`news ${which} ${q}`, (cursor, signal) => read('GET /api/news/desk', { which, q, limit: 50, cursor }, signal))
  const choosing = useSignal(false)
  const begin = (body: Content) => run(async () => route(`/staff/news/${(await api('POST /api/news/desk', { body })).id}`))
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      actions={
        may('news:write') && (
          <button class="button main" type="button" disabled={busy.value} onClick={() => (choosing.value = true)}>
            <Icon of={plus} />
            {t.write}
          </button>
        )
      }
    >
      <Said text={said.value} />
      {choosing.value && (
        <Sheet title={t.begin} onClose={() => (choosing.value = false)}>
          {close => <Beginnings close={close} begin={body => void begin(body)} />}
        </Sheet>
      )}
      <Find at="/staff/news" q={q} label={t.find} most={200} />
      {!q && (
        <nav class="lists" aria-label={t.title}>
          {lists.map(one => (
            <a key={one} href={one === 'all' ? '/staff/news' : `/staff/news?list=${one}`} aria-current={one === which ? 'page' : undefined}>
              {t.lists[one]}
            </a>
          ))}
        </nav>
      )}
      <Pages
        of={found}
        empty={
          <Nothing title={t.none}>
            <p>{t.noneText}</p>
          </Nothing>
        }
      >
        {rows => (
          <Table
            caption={q || t.lists[which]}
            rows={rows}
            id={one => one.id}
            href={one => `/staff/news/${one.id}`}
            columns={[
              { title: t.article, of: one => <span class="title">{one.title || t.untitled}</span>, lang: 'vi' },
              { title: t.state, of: one => (one.live && one.state !== 'published' ? t.correcting : t.states[one.state]) },
              { title: t.writer, of: one => (one.writer ? <Name of={one.writer} /> : '') },
              { title: t.touched, of: one => moment(one.updated_at) },
            ]}
          />
        )}
      </Pages>
    </Screen>
  )
}

/** An empty page, or what somebody has kept to begin with. */
function Beginnings({ close, begin }: { close: () => void; begin: (content: Content) => void }) {
  const asked = useAsk('news templates', signal => read('GET /api/news/desk/templates', {}, signal))
  const { busy, said, run } = useDeed()
  const forget = (name: string) => run(async () => (await api('DELETE /api/news/desk/templates', { name }), asked.again()))
  return (
    <>
      <ul class="rows quiet">
        <li>
          <button class="row" type="button" onClick={() => begin(blank)}>
            <span class="row-title">{t.blank}</span>
          </button>
        </li>
        {asked.value?.items.map(one => (
          <li key={one.name} class="with-button">
            <button class="row" type="button" onClick={() => begin(one.content)}>
              <span class="row-title" lang="vi">
                {one.name}
              </span>
            </button>
            <button class="button bare" type="button" disabled={busy.value} aria-label={t.forgetTemplate(one.name)} onClick={() => confirm(`${t.forgetTemplate(one.name)}?`) && void forget(one.name)}>
              <Icon of={cross} />
            </button>
          </li>
        ))}
      </ul>
      <Said text={said.value} />
      <div class="buttons">
        <button class="button" type="button" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </>
  )
}
