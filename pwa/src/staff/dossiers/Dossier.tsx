import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { lazy, screen } from '../../core/screen'
import { grouped } from '../../core/text'
import { Await, Icon, Note } from '../../core/ui'
import { check, eye } from '../../core/ui/icons'
import { may, read } from '../access'
import { NextAct, OtherActs } from '../acts'
import { useDeed } from '../deed'
import { moment } from '../times'
import { Facts, Name, Panel, Quote, Said, Screen } from '../ui'
import { Due } from './Due'
import './dossiers.css'
import { t as consent } from './consent/text'
import { t as results } from './results/text'
import { Flags } from './Flags'
import { Slip } from './Slip'
import { t } from './text'
import { t as texting } from './texting/text'

export type Whole = Reply<'GET /api/dossiers/desk/{dossier_id}'>
export type Act = Whole['acts'][number]
/** Fetched when somebody has something to say, or a file to add. */
const Acting = lazy(() => import('./Acting'))
const Consent = screen(consent, () => import('./consent/Consent'))
const Texting = screen(texting, () => import('./texting/Texting'))
const Results = screen(results, () => import('./results/Results'))

/** Those that say nothing, so that one press does them. */
const PLAIN: Act[] = ['accept', 'take-up', 'hand-over', 'assign', 'note-answer']

/** One dossier. Whoever owns it learns that it was read, so it is opened with a sentence that says so. */
export default function Dossier() {
  const { id = '' } = useRoute().params as { id?: string }
  const asked = useAsk(`dossier ${id}`, signal => read('GET /api/dossiers/desk/{dossier_id}', { dossier_id: id }, signal))
  const latest = useSignal<Whole>()
  const newest = (first: Whole) => (latest.value?.id === first.id && latest.value.version >= first.version ? latest.value : first)
  return (
    <Screen title={asked.value?.code ?? t.title} lead={asked.value && <span lang="vi">{asked.value.title}</span>} back={['/staff/dossiers', t.title]} narrow>
      <Await of={asked}>{first => <Sheets key={first.id} one={newest(first)} set={now => (latest.value = now)} />}</Await>
    </Screen>
  )
}

function Sheets({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const told = useSignal('')
  const newest = one.steps.find(step => step.slip)
  const done = (act: Act) => (now: Whole) => {
    told.value = t.told(t.acts[act])
    set(now)
  }
  return (
    <>
      <Panel>
        <p class="stand">
          <span class="tag good">{t.statuses[one.status]}</span>
          <Due at={one.due_at} clock={one.clock} />
        </p>
        {one.silence && one.answer_by && <Note tone="warn">{t.silent(moment(one.answer_by))}</Note>}
        {!one.clock.sure && <p class="hint">{t.unsure}</p>}
        <p class="told" role="status">
          {told.value}
        </p>
        {!one.here ? <Note icon={check}>{t.gone(one.handling_unit)}</Note> : may('dossiers:move') ? <Acts one={one} done={done} /> : <p class="hint">{t.readOnly}</p>}
      </Panel>
      {one.here && <Results one={one} set={set} />}
      <Panel title={t.who}>
        <Facts
          of={[
            [t.name, <strong>{one.name ? <Name of={one.name} /> : t.forgotten}</strong>],
            ...(one.phone ? [[t.phone, <span class="mono">{one.phone}</span>] as [string, preact.ComponentChild]] : []),
            ...(one.national_id ? [[t.nationalId, <span class="mono">{one.national_id}</span>] as [string, preact.ComponentChild]] : []),
          ]}
        />
        <Note icon={eye}>{t.lookTold}</Note>
      </Panel>
      <Panel title={t.what}>
        <Facts
          of={[
            [
              t.procedure,
              <>
                <span lang="vi">{`${one.title} (${one.procedure})`}</span>
                <span class="hint block">{t.revision(one.revision)}</span>
              </>,
            ],
            ...(one.case ? [[t.caseOf, <span lang="vi">{one.case}</span>] as [string, preact.ComponentChild]] : []),
            [t.channel, t.channels[one.channel]],
            [t.returning, t.returnings[one.returning]],
            [t.units.receiving, <span lang="vi">{one.receiving_unit}</span>],
            [t.units.handling, <span lang="vi">{one.handling_unit}</span>],
            [t.officer, one.officer ? <Name of={one.officer} /> : t.nobody],
            [t.received, moment(one.filed_at)],
            [t.accepted, one.accepted_at ? moment(one.accepted_at) : t.noDue],
            [
              t.limit,
              <>
                {t.limitText(one.limit.value, t.limitUnits[one.limit.unit])}
                {one.limit.reason && <Quote of={one.limit.reason} />}
              </>,
            ],
          ]}
        />
        {(one.supplements > 0 || one.apologies > 0) && (
          <p>
            {one.supplements > 0 && <span class={one.supplements > 1 ? 'tag bad' : 'tag warn'}>{t.supplements(one.supplements)}</span>} {one.apologies > 0 && <span class="tag warn">{t.apologies(one.apologies)}</span>}
          </p>
        )}
      </Panel>
      <Panel title={t.papers}>
        {one.papers.length ? (
          <ul class="ticks">
            {one.papers.map(({ name, kind, count }) => (
              <li key={name}>
                <span>
                  <span lang="vi">{name}</span> <span class="hint">{`${t.kinds[kind]} × ${count}`}</span>
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <p class="hint">–</p>
        )}
      </Panel>
      {one.here && <Consent one={one} set={set} />}
      <Panel title={t.timeline}>
        <ol class="passage">
          {one.steps.map(step => (
            <li key={step.id}>
              <p>
                <strong>{step.act && step.act !== 'register' ? t.acts[step.act] : t.statuses[step.status]}</strong>
                <span class="hint">
                  {moment(step.at)}
                  {step.by && (
                    <>
                      {' · '}
                      <Name of={step.by} />
                    </>
                  )}
                  {step.office && (
                    <>
                      {' · '}
                      <span lang="vi">{step.office}</span>
                    </>
                  )}
                </span>
              </p>
              {step.papers.length > 0 && (
                <ul class="ticks" lang="vi">
                  {step.papers.map(paper => (
                    <li key={paper}>{paper}</li>
                  ))}
                </ul>
              )}
              {step.amount && <p>{t.amountOf(grouped(step.amount))}</p>}
              {step.exemption && <p>{step.exemption}</p>}
              {step.reason && <Quote of={step.reason} />}
              {step.guidance && <Quote of={step.guidance} />}
              <Flags of={step.flags} />
              {step.answer_by && <p>{t.answerWas(moment(step.answer_by))}</p>}
              {step.act === 'apologise' && step.due_at && <p>{t.newDueWas(moment(step.due_at))}</p>}
              {step.slip && one.here && <Slip of={one.id} step={step.id} label={t.printSlip(step.slip)} />}
              {step.slip && one.here && <Texting one={one} step={step} whole={step === newest} />}
            </li>
          ))}
        </ol>
      </Panel>
    </>
  )
}

/** One obvious next step, and what else may be done. */
function Acts({ one, done }: { one: Whole; done: (act: Act) => (now: Whole) => void }) {
  const asked = useSignal<Act>()
  const { busy, said, run } = useDeed()
  if (!one.next)
    return (
      <p class="calm">
        <Icon of={check} />
        {t.nothingLeft}
      </p>
    )
  async function begin(act: Act) {
    said.value = ''
    if (!PLAIN.includes(act)) return void (asked.value = act)
    // Another one has changed it meanwhile: the sheet shows both.
    await run(
      async () => done(act)(await api('POST /api/dossiers/desk/{dossier_id}/acts', { dossier_id: one.id, headers: { 'If-Match': `"${one.version}"`, 'Idempotency-Key': crypto.randomUUID() }, body: { act, reason: '', guidance: '' } })),
      ({ status }: Problem) => status === 412 && !!(asked.value = act),
    )
  }
  const [next, ...others] = one.acts as [Act, ...Act[]]
  return (
    <>
      <NextAct title={t.nextStep} text={t.actTexts[next]} label={t.acts[next]} busy={busy.value} begin={() => void begin(next)} />
      <Said text={said.value} />
      <OtherActs title={t.otherActs} acts={others} labels={t.acts} texts={t.actTexts} grave={['stop', 'refuse']} busy={busy.value} begin={act => void begin(act)} />
      {asked.value && <Acting key={asked.value} act={asked.value} one={one} done={done(asked.value)} leave={() => (asked.value = undefined)} />}
    </>
  )
}
