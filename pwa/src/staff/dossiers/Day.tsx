import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import type { Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Icon } from '../../core/ui'
import { may, read } from '../access'
import { Find } from '../Find'
import { plus } from '../icons'
import { usePages } from '../pages'
import { Name, Nothing, Pages, Screen, Table } from '../ui'
import { Due } from './Due'
import './dossiers.css'
import { Many } from './Many'
import { t } from './text'

export type Row = Reply<'GET /api/dossiers/desk'>['items'][number]
const lists = ['unit', 'mine', 'soon', 'late', 'ready'] as const
type List = (typeof lists)[number]

/** The day at the desk. */
export default function Day() {
  const { query } = useLocation()
  const { q = '', list } = query as { q?: string; list?: string }
  const which: List = lists.find(one => one === list) ?? 'unit'
  const many = useSignal(false)
  const counts = useAsk('dossier counts', signal => read('GET /api/dossiers/desk/counts', {}, signal))
  const found = usePages<Row>(`dossiers ${which} ${q}`, (cursor, signal) => read('GET /api/dossiers/desk', { which, q, limit: 50, cursor }, signal))
  const again = () => {
    found.again()
    counts.again()
  }
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      actions={
        may('dossiers:register') && (
          <a class="button main" href="/staff/dossiers/new">
            <Icon of={plus} />
            {t.register}
          </a>
        )
      }
    >
      <Find at="/staff/dossiers" q={q} label={t.find} typing={() => (many.value = false)} />
      {!q && (
        <>
          <nav class="lists" aria-label={t.title}>
            {lists.map(one => (
              <a key={one} href={one === 'unit' ? '/staff/dossiers' : `/staff/dossiers?list=${one}`} aria-current={one === which ? 'page' : undefined} onClick={() => (many.value = false)}>
                {t.lists[one]} {counts.value && <span class={one === 'late' && counts.value.late ? 'tag bad' : one === 'soon' && counts.value.soon ? 'tag warn' : 'tag'}>{counts.value[one]}</span>}
              </a>
            ))}
            <a href="/staff/dossiers/elsewhere">{t.elsewhere}</a>
          </nav>
          <div class="list-head">
            <p class="hint">{t.listHints[which]}</p>
            {may('dossiers:move') && (found.items.length > 0 || many.value) && (
              <button class="button" type="button" aria-expanded={many.value} onClick={() => (many.value = !many.value)}>
                {many.value ? t.close : t.many}
              </button>
            )}
          </div>
        </>
      )}
      {many.value ? (
        // It stays while the list is asked for anew: what became of each stands in it.
        <Many rows={found.items} onDone={again} />
      ) : (
      <Pages
        of={found}
        empty={
          <Nothing title={q ? t.findNothing : t.nothing[which]}>
            <p>{q ? t.findNothingText : t.listHints[which]}</p>
          </Nothing>
        }
      >
        {rows => (
            <Table
              caption={q || t.lists[which]}
              rows={rows}
              id={one => one.id}
              href={one => `/staff/dossiers/${one.id}`}
              columns={[
                { title: t.code, of: one => <span class="mono code">{one.code}</span> },
                { title: t.procedure, of: one => <span class="title">{one.title}</span>, lang: 'vi' },
                { title: t.status, of: one => t.statuses[one.status] },
                { title: t.due, of: one => <Due at={one.due_at} clock={one.clock} /> },
                { title: t.officer, of: one => (one.officer ? <Name of={one.officer} /> : t.nobody) },
              ]}
            />
        )}
      </Pages>
      )}
    </Screen>
  )
}
