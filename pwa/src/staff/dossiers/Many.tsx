import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { useDeed } from '../deed'
import { Panel, Said } from '../ui'
import type { Row } from './Day'
import { Due } from './Due'
import { t } from './text'

type Outcome = Reply<'POST /api/dossiers/desk/acts'>['items'][number]
const acts = ['take-up', 'finish', 'hand-over', 'assign'] as const

/** One act on many dossiers; what became of each stands in its own row. */
export function Many({ rows, onDone }: { rows: Row[]; onDone: () => void }) {
  const act = useSignal<(typeof acts)[number]>('take-up')
  const chosen = useSignal<string[]>([])
  const outcomes = useSignal<Outcome[]>([])
  const key = useSignal(crypto.randomUUID())
  const { busy, said, run } = useDeed()
  // Whoever waits for papers goes on one by one, when they have come: nobody counts them by ticking all.
  const able = rows.filter(one => (act.value === 'assign' ? one.clock.state !== 'over' : one.next === act.value && one.clock.state !== 'stopped'))
  const picked = able.filter(one => chosen.value.includes(one.id)).slice(0, 100)
  const begin = () => {
    key.value = crypto.randomUUID()
    outcomes.value = []
  }
  const pick = (ids: string[]) => {
    begin()
    chosen.value = ids
  }
  const go = () =>
    run(async () => {
      const body = { act: act.value, dossiers: picked.map(({ id, version }) => ({ id, version })) }
      outcomes.value = (await api('POST /api/dossiers/desk/acts', { headers: { 'Idempotency-Key': key.value }, body })).items
      chosen.value = []
      onDone()
    })
  return (
    <Panel title={t.many} hint={t.manyLead}>
      <form class="form" onSubmit={event => (event.preventDefault(), void go())}>
        <div class="field">
          <label for="many-act">{t.manyAct}</label>
          <select id="many-act" class="input" value={act.value} onChange={event => ((act.value = event.currentTarget.value as typeof act.value), pick([]))}>
            {acts.map(one => (
              <option key={one} value={one}>
                {t.acts[one]}
              </option>
            ))}
          </select>
        </div>
        {able.length === 0 && outcomes.value.length === 0 ? (
          <p class="hint">{t.manyNone}</p>
        ) : (
          <fieldset class="choices">
            <legend class="unseen">{t.title}</legend>
            {able.length > 1 && (
              <label class="choice">
                <input type="checkbox" checked={picked.length === able.length} onChange={event => pick(event.currentTarget.checked ? able.map(one => one.id) : [])} />
                <strong>{t.manyAll}</strong>
              </label>
            )}
            {able.map(one => (
              <label key={one.id} class="choice">
                <input type="checkbox" checked={chosen.value.includes(one.id)} onChange={event => pick(event.currentTarget.checked ? [...chosen.value, one.id] : chosen.value.filter(id => id !== one.id))} />
                <span>
                  <span class="mono">{one.code}</span> <Due at={one.due_at} clock={one.clock} />
                  <span class="hint" lang="vi">
                    {one.title}
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <Said text={said.value} />
        <div role="status">
          {outcomes.value.length > 0 && (
            <>
              <p class="told">{t.manyDone(outcomes.value.filter(one => !one.problem).length, outcomes.value.length)}</p>
              <ul class="outcomes">
                {outcomes.value
                  .filter(one => one.problem)
                  .map(one => (
                    <li key={one.id}>
                      <span class="mono">{one.code ?? rows.find(row => row.id === one.id)?.code}</span> {one.problem!.title}
                    </li>
                  ))}
              </ul>
            </>
          )}
        </div>
        <div class="buttons">
          <button class="button main" type="submit" disabled={busy.value || picked.length === 0}>
            {t.manyDo(picked.length)}
          </button>
        </div>
      </form>
    </Panel>
  )
}
