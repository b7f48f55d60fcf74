import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, type Reply } from '../../core/api'
import { moment } from '../../core/moment'
import { Icon } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { plus } from '../icons'
import { usePages } from '../pages'
import { Name, Nothing, Pages, Said, Screen, Table } from '../ui'
import { type Kind, kinds } from './draft'
import { t } from './text'

type Row = Reply<'GET /api/news/alert-desk'>['items'][number]
export const level = ({ scale, level }: { scale: 'hazard' | 'own'; level: number }) => (scale === 'hazard' ? t.hazard(level) : t.own(level))

/** Every warning that was begun, the newest first. */
export default function Warnings() {
  const { route } = useLocation()
  const choosing = useSignal(false)
  const { busy, said, run } = useDeed()
  const found = usePages<Row>('alert desk', (cursor, signal) => read('GET /api/news/alert-desk', { limit: 50, cursor }, signal))
  const begin = (kind: Kind) =>
    run(async () => {
      const templates = await import('./templates')
      route(`/staff/warnings/${(await api('POST /api/news/alert-desk', { body: templates.begin(kind) })).id}`)
    })
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      actions={
        <button class="button main" type="button" onClick={() => (choosing.value = true)}>
          <Icon of={plus} />
          {t.write}
        </button>
      }
    >
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
            caption={t.title}
            rows={rows}
            id={one => one.id}
            href={one => `/staff/warnings/${one.id}`}
            columns={[
              { title: t.warning, of: one => one.headline || t.untitled, lang: 'vi' },
              { title: t.state, of: one => t.states[one.state] },
              { title: t.kind, of: one => t.kinds[one.kind] },
              { title: t.level, of: level },
              { title: t.ends, of: one => (one.ends_at ? moment(one.ends_at) : ''), named: true },
              { title: t.writer, of: one => (one.writer ? <Name of={one.writer} /> : '') },
            ]}
          />
        )}
      </Pages>
      {choosing.value && (
        <Sheet title={t.about} onClose={() => (choosing.value = false)}>
          {() => (
            <>
              <Said text={said.value} />
              <div class="buttons">
                {kinds.map(kind => (
                  <button key={kind} class="button" type="button" disabled={busy.value} onClick={() => void begin(kind)}>
                    {t.kinds[kind]}
                  </button>
                ))}
              </div>
            </>
          )}
        </Sheet>
      )}
    </Screen>
  )
}
