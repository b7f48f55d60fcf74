import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDraft } from '../../core/draft'
import { day } from '../../core/text'
import { Await, Choices, Note } from '../../core/ui'
import { eye } from '../../core/ui/icons'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { t } from '../text'
import { moment } from '../times'
import { Conflict, Facts, Field, Id, Name, Panel, Quote, Said, Screen } from '../ui'
import { Due } from './Due'

type Asked = Reply<'GET /api/privacy/desk/requests/{request_id}'>

/** The person whose request it is learns that it was read: so it is opened with a sentence that says so, and only then. */
export default function Request() {
  const { id = '' } = useRoute().params as { id?: string }
  const asked = useAsk(`request ${id}`, signal => read('GET /api/privacy/desk/requests/{request_id}', { request_id: id }, signal))
  return (
    <Screen title={asked.value ? t.kinds[asked.value.kind] : t.request} back={['/staff/requests', t.requests]} narrow>
      <Await of={asked}>{value => <Whole key={value.id} read={value} />}</Await>
    </Screen>
  )
}

function Whole({ read }: { read: Asked }) {
  // What a decision answers is shown as it is: to read again would be another look.
  const latest = useSignal<Asked>()
  const asked = latest.value ?? read
  return (
    <>
      <Note icon={eye} title={t.personIsTold}>
        {t.personIsToldText}
      </Note>
      <Panel>
        <Facts
          of={[
            [t.whoAsks, <strong><Name of={asked.name || t.noName} /></strong>],
            [t.account, <Id of={asked.resident_id} href={may('privacy:audit') ? `/staff/audit?subject=${asked.resident_id}` : undefined} />],
            [t.received, day(asked.received_at)],
            [t.due, asked.state === 'open' ? <Due at={asked.due_at} overdue={Date.parse(asked.due_at) <= Date.now()} /> : <span class="tag">{t.states[asked.state]}</span>],
          ]}
        />
        <div>
          <h2 class="small">{t.inTheirWords}</h2>
          {asked.note ? <Quote of={asked.note} /> : <p class="hint">{t.noNote}</p>}
        </div>
      </Panel>
      {asked.state === 'open' ? (
        <Decide key={asked.version} asked={asked} onChange={changed => (latest.value = changed)} />
      ) : (
        <Panel title={t.answered}>
          <Facts
            of={[
              [t.outcome, t.states[asked.state]],
              [t.when, asked.decided_at ? moment(asked.decided_at) : '–'],
              [t.answer, asked.answer ? <Quote of={asked.answer} /> : '–'],
            ]}
          />
        </Panel>
      )}
    </>
  )
}

type Typed = { grant: 'yes' | 'no' | ''; answer: string }
const none: Typed = { grant: '', answer: '' }

function Decide({ asked, onChange }: { asked: Asked; onChange: (now: Asked) => void }) {
  const draft = useDraft<Typed>(`decision ${asked.id}`)
  const { grant, answer } = draft.value ?? none
  const set = (part: Partial<Typed>) => (draft.value = { grant, answer, ...part })
  const other = useSignal<Asked>()
  const missing = useSignal(false)
  const kept = useSignal<string[]>([])
  const { busy, said, run } = useDeed()

  async function decide(version: number) {
    missing.value = !grant
    kept.value = []
    if (!grant) return
    const changed = async ({ status, said: { type, reasons } }: Problem) => {
      if (type === 'must-be-kept') kept.value = reasons as string[]
      return status === 412 && !!(other.value = await read('GET /api/privacy/desk/requests/{request_id}', { request_id: asked.id }).catch(() => undefined))
    }
    await run(async () => {
      const decided = await api('POST /api/privacy/desk/requests/{request_id}/decision', { request_id: asked.id, headers: { 'If-Match': `"${version}"` }, body: { grant: grant === 'yes', answer: answer.trim() } })
      draft.value = undefined
      onChange(decided)
    }, changed)
  }

  return (
    <Panel title={t.yourDecision} hint={t.decisionHint[asked.kind]}>
      <form class="form" onSubmit={event => (event.preventDefault(), void decide(asked.version))}>
        <Choices
          legend={t.decision}
          name="decision"
          row
          value={grant}
          onChange={grant => set({ grant })}
          of={[
            { value: 'yes', label: t.grant[asked.kind] },
            { value: 'no', label: t.refuse },
          ]}
        />
        {missing.value && !grant && <Said text={t.chooseFirst} />}
        <Field label={t.answer} hint={grant === 'no' ? t.refusalNeedsReason : t.answerHint}>
          {is => <textarea {...is} class="input" rows={5} maxLength={2000} required={grant === 'no'} value={answer} onInput={event => set({ answer: event.currentTarget.value })} />}
        </Field>
        {grant === 'yes' && asked.kind === 'erasure' && <Note tone="warn">{t.erasureIsFinal}</Note>}
        <Said text={said.value} />
        {said.value && kept.value.length > 0 && (
          <ul>
            {kept.value.map(reason => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        {other.value ? (
          <Conflict
            busy={busy.value}
            fields={[
              [t.outcome, t.states[other.value.state], grant === 'yes' ? t.states.done : t.states.refused],
              [t.answer, other.value.answer ?? '–', answer || '–'],
              [t.inTheirWords, other.value.note ?? '–', asked.note ?? '–'],
            ]}
            keep={() => void decide(other.value!.version)}
            take={() => onChange(other.value!)}
          />
        ) : (
          <div class="buttons">
            <button class="button main" type="submit" disabled={busy.value}>
              {busy.value ? t.saving : t.sendDecision}
            </button>
          </div>
        )}
      </form>
    </Panel>
  )
}

