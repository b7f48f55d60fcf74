import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, More } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useWorkplaces } from '../places'
import { Name } from '../ui'
import type { Desk, Lang } from './content'
import { t } from './text'

/** Who changed what, version by version; asked for whenever somebody opens it, and not with every save. */
export default function History({ of: article }: { of: Desk }) {
  const looked = useSignal(0)
  return (
    <More title={t.versions} onToggle={event => event.currentTarget.open && looked.value++}>
      {looked.value > 0 && <Versions id={article.id} looked={looked.value} />}
    </More>
  )
}

function Versions({ id, looked }: { id: string; looked: number }) {
  const asked = useAsk(`versions ${id} ${looked}`, signal => read('GET /api/news/desk/{article_id}/versions', { article_id: id }, signal))
  const open = useSignal<number>()
  return (
    <>
      <Await of={asked} rows={3}>
        {({ items }) => (
          <ol class="rows quiet">
            {items.map(one => (
              <li key={one.number}>
                <button class="row" type="button" onClick={() => (open.value = one.number)}>
                  <span class="row-text">
                    <span class="row-title">
                      {moment(one.at)} · {one.by && <Name of={one.by} />}
                    </span>
                    <span class="hint">{one.fields.map(fieldName).join(', ')}</span>
                  </span>
                </button>
              </li>
            ))}
          </ol>
        )}
      </Await>
      {open.value !== undefined && (
        <Sheet title={t.changes} onClose={() => (open.value = undefined)}>
          {close => <Changes id={id} number={open.value!} close={close} />}
        </Sheet>
      )}
    </>
  )
}

const fieldName = (path: string) => {
  const [first, part] = path.split('.') as [string, string?]
  if (first in t.langs) return `${t.fields[part as 'title']} (${t.langs[first as Lang]})`
  return t.fields[first as 'source'] ?? first
}

/** What is kept as a code or an instant is told as it is elsewhere; what was written stays as it is. */
function useTold() {
  const { name } = useWorkplaces()
  const topics = useAsk(`topics ${language.value}`, signal => api('GET /api/notifications/topics', {}, signal)).value?.items ?? []
  const told: Record<string, (code: string) => string | undefined> = {
    category: code => t.categories[code as 'news'],
    channel: code => t.channels[code as 'feed'],
    communes: name,
    topics: code => topics.find(one => one.code === code)?.name,
    starts_at: moment,
    ends_at: moment,
    expires_at: moment,
  }
  return (field: string) => told[field.split('.').at(-1)!]
}

function Changes({ id, number, close }: { id: string; number: number; close: () => void }) {
  const asked = useAsk(`version ${id} ${number}`, signal => api('GET /api/news/desk/{article_id}/versions/{number}', { article_id: id, number }, signal))
  const told = useTold()
  return (
    <>
      <Await of={asked}>
        {({ changes }) => (
          <dl class="both">
            {changes.map(({ field, parts }) => {
              const say = told(field)
              return (
                <div key={field}>
                  <dt>{fieldName(field)}</dt>
                  <dd class="diff" lang={field.split('.')[0]! in t.langs ? field.split('.')[0] : say ? undefined : 'vi'}>
                    {parts.map(({ how, text }, i) => {
                      const Part = how === 'added' ? 'ins' : how === 'removed' ? 'del' : 'span'
                      return <Part key={i}>{say ? text.replace(/\S+/g, code => say(code) ?? code) : text}</Part>
                    })}
                  </dd>
                </div>
              )
            })}
          </dl>
        )}
      </Await>
      <div class="buttons">
        <button class="button" type="button" onClick={close}>
          {t.close}
        </button>
      </div>
    </>
  )
}
