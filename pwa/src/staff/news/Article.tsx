import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { Field, Finish, Name, Panel, Quote, Said, Screen } from '../ui'
import type { Act, Desk } from './content'
import { Editor } from './Editor'
import { t } from './text'

export default function Article() {
  const { id } = useRoute().params as { id: string }
  const asked = useAsk<Desk>(`desk article ${id}`, signal => read('GET /api/news/desk/{article_id}', { article_id: id }, signal))
  const now = useSignal<Desk | undefined>(undefined)
  const one = now.value?.id === id ? now.value : asked.value
  return (
    <Screen title={one?.content.vi.title || t.untitled} lang={one?.content.vi.title ? 'vi' : undefined} back={['/staff/news', t.back]} lead={one && (one.live && one.state !== 'published' ? t.correcting : t.states[one.state])}>
      <Await of={{ ...asked, value: one! }}>
        {article => (
          <>
            {article.state === 'draft' && may('news:write') && <Editor key={article.id} of={article} saved={next => (now.value = next)} />}
            <Moves of={article} done={next => (now.value = next)} />
            <Steps of={article} />
          </>
        )}
      </Await>
    </Screen>
  )
}

const reasoned: Act[] = ['return', 'correct', 'withdraw']

function Moves({ of: article, done }: { of: Desk; done: (next: Desk) => void }) {
  const { busy, said, run } = useDeed()
  const asking = useSignal<Act | undefined>(undefined)
  const reason = useSignal('')
  const go = (act: Act, close?: () => void) =>
    run(async () => {
      done(await api('POST /api/news/desk/{article_id}/acts', { article_id: article.id, headers: { 'If-Match': `"${article.version}"` }, body: { act, reason: reason.value } }))
      close?.()
    })
  return (
    <>
      <Said text={said.value} />
      <div class="buttons">
        {article.acts.map(act => (
          <button key={act} class={act === 'submit' || act === 'approve' ? 'button main' : 'button'} type="button" disabled={busy.value} onClick={() => (reasoned.includes(act) ? ((reason.value = ''), (asking.value = act)) : void go(act))}>
            {t.acts[act as keyof typeof t.acts]}
          </button>
        ))}
      </div>
      {asking.value && (
        <Sheet title={t.acts[asking.value as keyof typeof t.acts]} onClose={() => (asking.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void go(asking.value!, close))}>
              <Field label={t.reason} hint={t.reasonHint}>
                {is => <textarea {...is} class="input" required maxLength={500} rows={3} value={reason.value} onInput={event => (reason.value = event.currentTarget.value)} />}
              </Field>
              <Finish busy={busy.value} label={t.acts[asking.value as keyof typeof t.acts]} leave={close} />
            </form>
          )}
        </Sheet>
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
