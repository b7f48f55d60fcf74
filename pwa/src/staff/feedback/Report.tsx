import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Await, Icon, Note } from '../../core/ui'
import { check, eye } from '../../core/ui/icons'
import { lazy } from '../../core/screen'
import { may, read } from '../access'
import { NextAct, OtherActs } from '../acts'
import { useDeed } from '../deed'
import { moment } from '../times'
import { Facts, Name, Panel, Quote, Said, Screen } from '../ui'
import '../dossiers/dossiers.css'
import './reports.css'
import { useCategories } from './categories'
import { Left } from './Left'
import { Release } from './Release'
import { t } from './text'

const Acting = lazy(() => import('./Acting'))
const Show = lazy(() => import('./Show'))
export type Whole = Reply<'GET /api/feedback/desk/{report_id}'>
export type Act = Whole['acts'][number]
/** Those that say nothing, so that one press does them. */
const PLAIN: Act[] = ['mark-urgent', 'unmark-urgent']

export default function Report() {
  const { id = '' } = useRoute().params as { id?: string }
  const asked = useAsk(`report ${id}`, signal => read('GET /api/feedback/desk/{report_id}', { report_id: id }, signal))
  const latest = useSignal<Whole>()
  const newest = (first: Whole) => (latest.value?.id === first.id && latest.value.version >= first.version ? latest.value : first)
  return (
    <Screen title={asked.value?.code ?? t.report} back={['/staff/reports', t.back]} narrow>
      <Await of={asked}>{first => <Sheets key={first.id} one={newest(first)} set={now => (latest.value = now)} />}</Await>
    </Screen>
  )
}

function Sheets({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const told = useSignal('')
  const categories = useCategories()
  const clock = (due: string | null, done: string | null) => due && (done ? `${moment(due)} · ${t.done(moment(done))}` : moment(due))
  return (
    <>
      <Panel>
        <p class="stand">
          <span class={one.state === 'fixed' ? 'tag good' : 'tag'}>{t.states[one.state]}</span>
          {one.urgent && <span class="tag bad">{t.urgent}</span>}
          <Left due={one.due_at} warn={one.warn_at} late={one.late} />
          {one.level > 0 && <span class="tag warn">{t.level(one.level)}</span>}
        </p>
        <p class="told" role="status">
          {told.value}
        </p>
        <Acts
          one={one}
          done={act => now => {
            told.value = t.told(t.acts[act])
            set(now)
          }}
        />
      </Panel>
      {one.elsewhere && !one.closed_at && (
        <Note tone="warn" title={t.elsewhere[one.elsewhere]}>
          <p>{t.elsewhereText}</p>
        </Note>
      )}
      <Panel title={t.what}>
        {one.text ? <Quote of={one.text} /> : <p class="hint">{t.noText}</p>}
        <Photos one={one} set={set} />
        {one.video &&
          (one.video.whole ? (
            <div>
              <video class="video" controls preload="none" src={`/api/feedback/desk/${one.id}/video`} aria-label={t.video} />
              <p class="hint">{t.videoHint}</p>
            </div>
          ) : (
            <p class="hint">{t.videoAwaited}</p>
          ))}
        <Facts
          of={[
            [t.category, categories.name(one.category)],
            [t.where, one.commune_name ? <span lang="vi">{one.commune_name}</span> : t.noPlace],
            [t.place, one.lat === null ? t.noPlace : <span class="mono">{`${one.lat.toFixed(5)}, ${one.lon!.toFixed(5)}${one.accuracy_m === null ? '' : ` ${t.accuracy(one.accuracy_m)}`}`}</span>],
            [t.unit, one.unit_name ? <span lang="vi">{one.unit_name}</span> : t.nobody],
            [t.arrived, `${moment(one.arrived_at)} (${one.day_off ? t.dayOff : t.workingDay})`],
            [t.written, moment(one.written_at)],
            [t.triageDue, clock(one.triage_due_at, one.triaged_at)],
            [t.answerDue, clock(one.answer_due_at, one.answered_at)],
            ...(one.resolve_due_at ? [[t.resolveDue, clock(one.resolve_due_at, one.closed_at)] as [string, preact.ComponentChild]] : []),
            [t.reporter, one.reporter ? <Name of={one.reporter} /> : t.reporters[one.reporter_kind as keyof typeof t.reporters]],
            ...(one.rating ? [[t.rating, t.stars(one.rating)] as [string, preact.ComponentChild]] : []),
          ]}
        />
        {one.merged_into && <p>{t.mergedInto(one.merged_into)}</p>}
        {one.reporter_kind !== 'unknown' && <Note icon={eye}>{t.lookTold}</Note>}
      </Panel>
      {(one.may_release || one.released_at) && may('feedback:triage') && <Release key={one.released_at} one={one} set={set} />}
      <Panel title={t.timeline}>
        <ol class="passage">
          {one.steps.map(step => (
            <li key={`${step.at}${step.kind}`}>
              <p>
                <strong>{t.kinds[step.kind]}</strong> {step.internal && <span class="tag warn">{t.internal}</span>}
                <span class="hint">
                  {moment(step.at)}
                  {step.by && (
                    <>
                      {' · '}
                      <Name of={step.by} />
                    </>
                  )}
                  {step.unit_name && (
                    <>
                      {' · '}
                      <span lang="vi">{step.unit_name}</span>
                    </>
                  )}
                  {step.detail.leader && (
                    <>
                      {' · '}
                      <Name of={step.detail.leader} />
                    </>
                  )}
                </span>
              </p>
              {step.said && <Quote of={step.said} />}
              {step.photos.length > 0 && (
                <ul class="pictures">
                  {step.photos.map(number => (
                    <li key={number}>
                      <Picture report={one.id} number={number} />
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      </Panel>
    </>
  )
}

function Photos({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const { busy, said, run } = useDeed()
  const showing = useSignal<number>()
  const hide = (number: number) =>
    run(
      async () => set(await api('PUT /api/feedback/desk/{report_id}/photos/{number}/shown', { report_id: one.id, number, headers: { 'If-Match': `"${one.version}"` }, body: { shown: false, areas: [] } })),
      // Somebody was quicker: what is there now is shown, with a sentence that says so.
      async ({ status }) => {
        const now = status === 412 && (await read('GET /api/feedback/desk/{report_id}', { report_id: one.id }).catch(() => undefined))
        if (now) set(now)
        return false
      },
    )
  if (!one.pictures.length) return one.photos_awaited ? <p class="hint">{t.awaited(one.photos_awaited)}</p> : null
  return (
    <>
      <ul class="pictures">
        {one.pictures.map(({ number, shown, areas, of_staff }) => (
          <li key={number}>
            <Picture report={one.id} number={number} />
            {of_staff && <span class="hint">{t.ofStaff}</span>}
            {shown && <span class="hint">{areas.length ? `${t.shown}, ${t.coveredParts(areas.length)}` : t.shown}</span>}
            {may('feedback:triage') && (
              <button class="button" type="button" disabled={busy.value} onClick={() => (shown ? void hide(number) : (showing.value = number))}>
                {shown ? t.hide : t.show}
              </button>
            )}
          </li>
        ))}
      </ul>
      {one.photos_awaited > 0 && <p class="hint">{t.awaited(one.photos_awaited)}</p>}
      <Said text={said.value} />
      {showing.value !== undefined && <Show key={showing.value} one={one} number={showing.value} done={set} leave={() => (showing.value = undefined)} />}
    </>
  )
}

const Picture = ({ report, number }: { report: string; number: number }) => (
  <a href={`/api/feedback/desk/${report}/photos/${number}`} target="_blank" rel="noopener">
    <img src={`/api/feedback/desk/${report}/photos/${number}?small=true`} alt={t.photo(number)} loading="lazy" />
  </a>
)

/** One obvious next step, and what else may be done. */
function Acts({ one, done }: { one: Whole; done: (act: Act) => (now: Whole) => void }) {
  const asked = useSignal<Act>()
  const { busy, said, run } = useDeed()
  const next: Act | undefined = one.closed_at ? undefined : one.unit === null && one.acts.includes('assign') ? 'assign' : one.answered_at ? 'fix' : 'answer'
  async function begin(act: Act) {
    said.value = ''
    if (!PLAIN.includes(act)) return void (asked.value = act)
    await run(
      async () => done(act)(await api('POST /api/feedback/desk/{report_id}/acts', { report_id: one.id, headers: { 'If-Match': `"${one.version}"`, 'Idempotency-Key': crypto.randomUUID() }, body: { act, text: '', unit: '', category: '', into: '', photos: [] } })),
      ({ status }: Problem) => status === 412 && !!(asked.value = act),
    )
  }
  const others = one.acts.filter(act => act !== next)
  return (
    <>
      {next ? (
        <NextAct title={t.next} text={t.actTexts[next]} label={t.acts[next]} busy={busy.value} begin={() => void begin(next)} />
      ) : (
        <p class="calm">
          <Icon of={check} />
          {t.closed}
        </p>
      )}
      <Said text={said.value} />
      <OtherActs title={t.others} acts={others} labels={t.acts} texts={t.actTexts} grave={['dismiss', 'give-up']} busy={busy.value} begin={act => void begin(act)} />
      {asked.value && <Acting key={asked.value} act={asked.value} one={one} done={done(asked.value)} leave={() => (asked.value = undefined)} />}
    </>
  )
}
