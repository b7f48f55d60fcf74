import { useSignal } from '@preact/signals'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDraft } from '../../core/draft'
import { day as written } from '../../core/text'
import { Await, Choices, Note } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { t as staff } from '../text'
import { Conflict, Field, Finish, Nothing, Panel, Said, Screen } from '../ui'
import { t } from './text'

type Year = Reply<'GET /api/dossiers/calendar/{year}'>
type Day = Year['days'][number]
const [FIRST, LAST] = [2025, 2099]

/** The days offices work, year by year: what due dates are counted by. */
export default function Calendar() {
  const year = useSignal(new Date().getFullYear())
  const told = useSignal('')
  const asked = useAsk(`calendar ${year.value}`, signal => read('GET /api/dossiers/calendar/{year}', { year: year.value }, signal))
  const go = (to: number) => {
    told.value = ''
    year.value = to
  }
  return (
    <Screen title={t.title} lead={t.lead} narrow>
      <div class="buttons">
        <button class="button" type="button" disabled={year.value <= FIRST} onClick={() => go(year.value - 1)}>
          ‹ {year.value - 1}
          <span class="unseen"> {t.before}</span>
        </button>
        <strong class="beside" aria-live="polite">{t.year(year.value)}</strong>
        <button class="button" type="button" disabled={year.value >= LAST} onClick={() => go(year.value + 1)}>
          {year.value + 1} ›<span class="unseen"> {t.after}</span>
        </button>
      </div>
      <p class="told" role="status">
        {told.value}
      </p>
      <Await of={asked}>
        {found => (
          <OneYear
            key={found.year}
            found={found}
            done={now => {
              told.value = t.saved(now.year)
              asked.again()
            }}
            again={asked.again}
          />
        )}
      </Await>
    </Screen>
  )
}

const byDay = (a: Day, b: Day) => (a.day < b.day ? -1 : 1)
const same = (a: Day, b: Day | undefined) => b && a.kind === b.kind && a.name === b.name && a.document === b.document
/** How many days of these two lists differ. */
function differing(before: Day[], now: Day[]) {
  const then = new Map(before.map(one => [one.day, one]))
  const changed = now.filter(one => !same(one, then.get(one.day))).length
  return changed + before.filter(one => !now.some(other => other.day === one.day)).length
}

function OneYear({ found, done, again }: { found: Year; done: (now: Year) => void; again: () => void }) {
  // Whoever looks at another year finds this one as they left it. `version`: what it was typed over.
  const draft = useDraft<{ version: number; days: Day[] }>(`calendar ${found.year}`)
  const { version, days } = draft.value ?? found
  const set = (now: Day[]) => (draft.value = differing(found.days, now) ? { version, days: now } : undefined)
  const adding = useSignal(false)
  const other = useSignal<Year>()
  const { busy, said, run } = useDeed()
  const there = new Set(days.map(one => one.day))
  const proposed = found.proposal.filter(one => !there.has(one.day))
  const add = (more: Day[]) => set([...days, ...more].sort(byDay))
  const changes = differing(found.days, days)
  async function save(version: number) {
    const changed = async ({ status }: Problem) => status === 412 && !!(other.value = await read('GET /api/dossiers/calendar/{year}', { year: found.year }).catch(() => undefined))
    await run(async () => {
      const now = await api('PUT /api/dossiers/calendar/{year}', { year: found.year, headers: { 'If-Match': `"${version}"` }, body: { days } })
      draft.value = other.value = undefined
      done(now)
    }, changed)
  }
  return (
    <>
      {found.version === 0 ? (
        <Note tone="warn" title={t.unknown}>
          <p>{t.unknownText}</p>
        </Note>
      ) : (
        <p class="hint">{found.confirmed ? t.confirmed : t.unconfirmed}</p>
      )}
      <Panel
        title={t.days}
        actions={
          <button class="button" type="button" onClick={() => (adding.value = true)}>
            {t.add}
          </button>
        }
      >
        {days.length === 0 ? (
          <Nothing title={t.unknown} />
        ) : (
          <Days of={days} act={t.remove} onAct={one => set(days.filter(it => it !== one))} />
        )}
      </Panel>
      {proposed.length > 0 && (
        <Panel
          title={t.proposal}
          hint={t.proposalHint}
          actions={
            <button class="button" type="button" onClick={() => add(proposed)}>
              {t.addAll}
            </button>
          }
        >
          <Days of={proposed} act={t.take} onAct={one => add([one])} />
        </Panel>
      )}
      <Said text={said.value} />
      {other.value ? (
        <Conflict
          busy={busy.value}
          fields={[[t.days, summary(other.value.days), summary(days)]]}
          keep={() => void save(other.value!.version)}
          take={() => {
            draft.value = other.value = undefined
            again()
          }}
        />
      ) : (
        <Panel>
          <p>{t.changed(changes)}</p>
          <p class="hint">{t.consequence}</p>
          <div class="buttons">
            <button class="button main" type="button" disabled={busy.value || (changes === 0 && found.confirmed)} onClick={() => void save(version)}>
              {busy.value ? staff.saving : t.confirm(found.year)}
            </button>
          </div>
        </Panel>
      )}
      {adding.value && <Add year={found.year} taken={there} leave={() => (adding.value = false)} done={one => add([one])} />}
    </>
  )
}

const summary = (days: Day[]) => days.map(one => `${shown(one.day).slice(0, 5)} ${t.kinds[one.kind]}`).join(', ')
const shown = (iso: string) => written(`${iso}T00:00:00Z`)
const weekday = (iso: string) => t.weekdays[new Date(`${iso}T00:00:00Z`).getUTCDay()]

const Days = ({ of, act, onAct }: { of: Day[]; act: string; onAct: (one: Day) => void }) => (
  <ul class="acts">
    {of.map(one => (
      <li key={one.day}>
        <p>
          <strong>
            {shown(one.day)} · {t.kinds[one.kind]}
          </strong>
          <span class="hint">
            {weekday(one.day)} · <span lang="vi">{[one.name, one.document].filter(Boolean).join(' · ')}</span>
          </span>
        </p>
        <button class="button" type="button" onClick={() => onAct(one)}>
          {act}
          <span class="unseen"> {shown(one.day)}</span>
        </button>
      </li>
    ))}
  </ul>
)

function Add({ year, taken, leave, done }: { year: number; taken: Set<string>; leave: () => void; done: (one: Day) => void }) {
  const typed = useSignal<Day>({ day: '', kind: 'off', name: '', document: '' })
  const wrong = useSignal(false)
  const set = (part: Partial<Day>) => (typed.value = { ...typed.value, ...part })
  function put(close: () => void) {
    const { day, name, document } = typed.value
    wrong.value = !day.startsWith(`${year}-`) || taken.has(day)
    if (wrong.value) return
    done({ ...typed.value, name: name.trim(), document: document.trim() })
    close()
  }
  return (
    <Sheet title={t.add} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), put(close))}>
          <Field label={t.day} said={wrong.value ? t.dayWrong : undefined}>
            {is => <input {...is} class="input" type="date" required min={`${year}-01-01`} max={`${year}-12-31`} value={typed.value.day} onInput={event => set({ day: event.currentTarget.value })} />}
          </Field>
          <Choices legend={t.kind} name="kind" value={typed.value.kind} onChange={kind => set({ kind })} of={(['off', 'work'] as const).map(value => ({ value, label: t.kindsLong[value] }))} />
          <Field label={t.name}>{is => <input {...is} class="input" required maxLength={200} value={typed.value.name} onInput={event => set({ name: event.currentTarget.value })} />}</Field>
          <Field label={t.document} hint={t.documentHint}>
            {is => <input {...is} class="input" maxLength={300} value={typed.value.document} onInput={event => set({ document: event.currentTarget.value })} />}
          </Field>
          <Finish label={t.add} leave={close} />
        </form>
      )}
    </Sheet>
  )
}
