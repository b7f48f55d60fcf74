import { useSignal } from '@preact/signals'
import { api, type Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDraft } from '../../core/draft'
import { plain } from '../../core/plain'
import { Mixed } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Workplace } from '../people/Workplace'
import { useWorkplaces } from '../places'
import { t as staff } from '../text'
import { Conflict, Field, Finish, Said } from '../ui'
import { useCategories } from './categories'
import { Pictures } from './Pictures'
import type { Act, Whole } from './Report'
import { t } from './text'

type Typed = { text: string; unit: string; category: string; into: string; key: string; photos?: { id: string; number: number }[] }
const LONGEST = 4000
const SAYS: Act[] = ['ask', 'answer', 'fix', 'give-up', 'dismiss', 'note']

/** What an act must say, kept while it is typed; when somebody was quicker, both. */
export default function Acting({ act, one, done, leave }: { act: Act; one: Whole; done: (now: Whole) => void; leave: () => void }) {
  const draft = useDraft<Typed>(`report ${act} ${one.id}`)
  const typed = draft.value ?? { text: '', unit: '', category: '', into: '', key: crypto.randomUUID() }
  const set = (part: Partial<Typed>) => (draft.value = { ...typed, ...part })
  const other = useSignal<Whole>()
  const missing = useSignal(false)
  const places = useWorkplaces()
  const answers = useAsk('prepared answers', signal => read('GET /api/feedback/desk/answers', {}, signal))
  const categories = useCategories()
  const { busy, said, run } = useDeed()
  const says = SAYS.includes(act)

  /** What was typed stays, and what is begun with goes behind it. */
  const begin = (prepared?: string) => prepared && set({ text: [typed.text.trimEnd(), prepared].filter(Boolean).join('\n\n').slice(0, LONGEST) })
  async function send(version: number, close: () => void) {
    missing.value = act === 'assign' && !typed.unit
    if (missing.value) return
    const { text, unit, category, into } = typed
    const photos = (typed.photos ?? []).map(it => it.id)
    const changed = async ({ status, said }: Problem) => {
      // They have waited for too long: the words stay.
      if (said.type === 'photo-not-found') set({ photos: [], key: crypto.randomUUID() })
      return status === 412 && !!(other.value = await read('GET /api/feedback/desk/{report_id}', { report_id: one.id }).catch(() => undefined))
    }
    await run(async () => {
      const now = await api('POST /api/feedback/desk/{report_id}/acts', { report_id: one.id, headers: { 'If-Match': `"${version}"`, 'Idempotency-Key': `${typed.key}-${version}` }, body: { act, text, unit, category, into, photos } })
      draft.value = undefined
      close()
      done(now)
    }, changed)
  }

  return (
    <Sheet title={t.acts[act]} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void send(one.version, close))}>
          <p>
            <span class="mono">{one.code}</span>
            <span class="hint block">{t.actTexts[act]}</span>
          </p>
          {act === 'assign' && (
            <>
              {one.usual_unit && (
                <p>
                  <Mixed of={t.usual} names={[places.name(one.usual_unit)]} />{' '}
                  <button class="button" type="button" onClick={() => set({ unit: one.usual_unit! })}>
                    {t.useIt}
                  </button>
                </p>
              )}
              <Workplace value={typed.unit} onChange={unit => set({ unit })} said={missing.value && !typed.unit ? staff.chooseWorkplace : undefined} />
            </>
          )}
          {act === 'categorise' && (
            <Field label={t.category}>
              {is => (
                <select {...is} class="input" required value={typed.category} onChange={event => set({ category: event.currentTarget.value })}>
                  <option value="" />
                  {categories.all
                    .filter(it => !it.withdrawn && it.slug !== one.category)
                    .map(it => (
                      <option key={it.slug} value={it.slug}>
                        {it.name}
                      </option>
                    ))}
                </select>
              )}
            </Field>
          )}
          {act === 'merge' && <Field label={t.into}>{is => <input {...is} class="input mono" required maxLength={40} autocomplete="off" placeholder="PA-261126-…" value={typed.into} onInput={event => set({ into: event.currentTarget.value })} />}</Field>}
          {says && act !== 'note' && (answers.value?.items.length ?? 0) > 0 && (
            <Field label={t.template}>
              {is => (
                <select {...is} class="input" value="" onChange={event => begin(answers.value!.items.find(it => it.id === event.currentTarget.value)?.text)}>
                  <option value="">{t.noTemplate}</option>
                  {answers.value!.items.map(it => (
                    <option key={it.id} value={it.id} lang="vi">
                      {it.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          {says && <Field label={t.text}>{is => <textarea {...is} class="input" rows={5} maxLength={LONGEST} required value={typed.text} onInput={event => set({ text: plain(event.currentTarget.value) })} />}</Field>}
          {says && act !== 'note' && <Pictures report={one.id} chosen={typed.photos ?? []} set={photos => set({ photos })} />}
          <Said text={said.value} />
          {other.value ? (
            <Conflict
              busy={busy.value}
              fields={[
                [t.state, t.states[other.value.state], t.states[one.state]],
                [t.unit, other.value.unit_name ?? t.nobody, typed.unit ? places.name(typed.unit) : one.unit_name ?? t.nobody],
                [t.text, other.value.steps[0]?.said || '–', typed.text || '–'],
              ]}
              keep={() => void send(other.value!.version, close)}
              take={() => {
                const now = other.value!
                draft.value = undefined
                close()
                done(now)
              }}
            />
          ) : (
            <Finish busy={busy.value} label={t.acts[act]} leave={close} />
          )}
        </form>
      )}
    </Sheet>
  )
}
