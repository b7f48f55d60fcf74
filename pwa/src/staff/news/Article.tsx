import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useAsk } from '../../core/ask'
import { useLater } from '../../core/later'
import { moment } from '../../core/moment'
import { Await, Note, Skeleton } from '../../core/ui'
import { may, read } from '../access'
import { Name, Panel, Quote, Screen } from '../ui'
import type { Desk, Settle } from './content'
import { Moves } from './Moves'
import './news.css'
import { t } from './text'

const editing = () => import('./Editor')
const looking = () => import('./Preview')
const remembering = () => import('./History')
const telling = () => import('./Sending')

/** One article: written, looked at, let out, watched. */
export default function Article() {
  const { id } = useRoute().params as { id: string }
  const asked = useAsk<Desk>(`desk article ${id}`, signal => read('GET /api/news/desk/{article_id}', { article_id: id }, signal))
  const newer = useSignal<Desk>()
  const insist = useSignal(false)
  const one = newer.value && newer.value.id === id && newer.value.version >= (asked.value?.version ?? 0) ? newer.value : asked.value
  const take = (next: Desk) => (newer.value = next)
  const writes = one?.state === 'draft' && may('news:write')
  // Whoever may write most likely will: it comes together with the article.
  const writing = useLater(editing, may('news:write') && (!one || writes))
  const preview = useLater(looking, !!one && !writes)
  const past = useLater(remembering, !!one)
  const sending = useLater(telling, !!one?.told)
  return (
    <Screen
      title={one?.content.vi.title || t.untitled}
      lang={one?.content.vi.title ? 'vi' : undefined}
      back={['/staff/news', t.back]}
      lead={one && <Standing of={one} />}
    >
      <Await of={{ ...asked, value: one! }} rows={8}>
        {article => (
          <div class="stack">
            <Told of={article} />
            {writes ? (
              writing ? (
              <writing.default key={article.id} of={article} insist={insist.value} take={take} again={asked.again}>
                {(settle: Settle) => <Moves of={article} done={take} settle={settle} refused={() => (insist.value = true)} again={asked.again} />}
              </writing.default>
              ) : (
                <Skeleton rows={8} />
              )
            ) : (
              <>
                <Moves of={article} done={take} again={asked.again} />
                <Panel title={t.preview}>
                  {preview && <preview.Preview content={article.content} id={article.id} />}
                </Panel>
              </>
            )}
            {article.told && sending && <sending.default of={article} />}
            <Steps of={article} />
            {past && <past.default of={article} />}
          </div>
        )}
      </Await>
    </Screen>
  )
}

const Standing = ({ of }: { of: Desk }) => (
  <>
    <span class={of.live ? 'tag good' : 'tag'}>{of.live && of.state !== 'published' ? t.correcting : t.states[of.state]}</span>
    {of.publish_at && ` ${t.goesOut(moment(of.publish_at))}`}
    {of.live && of.published_at && ` ${t.outSince(moment(of.published_at))}`}
    {of.live && (
      <>
        {' '}
        <a href={`/news/${of.id}`} target="_blank" rel="noopener">
          {t.seeOut}
        </a>
      </>
    )}
  </>
)

/** What whoever opens it must know first. */
const Told = ({ of }: { of: Desk }) => {
  const returned = of.state === 'draft' && of.steps[0]?.act === 'return' ? of.steps[0] : undefined
  return (
    <>
      {returned?.reason && (
        <Note tone="warn" title={t.returned}>
          <Quote of={returned.reason} />
        </Note>
      )}
      {of.state === 'withdrawn' && of.withdrawn_reason && (
        <Note tone="bad" title={t.states.withdrawn}>
          <Quote of={of.withdrawn_reason} />
        </Note>
      )}
      {of.correction && of.state !== 'published' && (
        <Note title={t.correcting}>
          <Quote of={of.correction} />
        </Note>
      )}
    </>
  )
}

const Steps = ({ of }: { of: Desk }) => (
  <Panel title={t.history}>
    <ol class="rows quiet">
      {of.steps.map(step => (
        <li key={step.at + step.act} class="line">
          <span>
            <strong>{t.done[step.act]}</strong> · {step.by ? <Name of={step.by} /> : t.clock}
            {step.reason && <Quote of={step.reason} />}
          </span>
          <span class="hint">{moment(step.at)}</span>
        </li>
      ))}
    </ol>
  </Panel>
)
