import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { folded } from '../../core/fold'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Workplace } from '../people/Workplace'
import { useWorkplaces } from '../places'
import { Field, Finish, Panel, Quote, Said, Screen } from '../ui'
import { useCategories } from './categories'
import { Leaders } from './Leaders'
import { t } from './text'

type Category = Reply<'GET /api/feedback/desk/categories'>['items'][number]
type Answer = Reply<'GET /api/feedback/desk/answers'>['items'][number]

const NEW: Category = { slug: '', vi: '', en: '', km: '', unit: null, resolve_days: null, anonymous: true, withdrawn: false, version: 0 }

/** What reports may be about, and the answers to begin with. */
export default function Setup() {
  const categories = useCategories()
  const answers = useAsk('prepared answers', signal => read('GET /api/feedback/desk/answers', {}, signal))
  const places = useWorkplaces()
  const category = useSignal<Category>()
  const answer = useSignal<Answer>()
  return (
    <Screen title={t.setupTitle} back={['/staff/reports', t.back]} narrow>
      <Panel
        title={t.categories}
        actions={
          categories.asked.value && (
            <button class="button" type="button" onClick={() => (category.value = NEW)}>
              {t.newCategory}
            </button>
          )
        }
      >
        <Await of={categories.asked}>
          {() => (
            <ul class="acts">
              {categories.all.map(one => (
                <li key={one.slug}>
                  <p>
                    <strong>{one.name}</strong> {one.withdrawn && <span class="tag warn">{t.withdrawn}</span>}
                    <span class="hint">{one.unit === 'commune' ? t.theCommune : one.unit ? places.name(one.unit) : t.hubDecides}</span>
                  </p>
                  <button class="button" type="button" onClick={() => (category.value = one)}>
                    {t.edit}
                    <span class="unseen">{` ${one.name}`}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Await>
      </Panel>
      <Leaders />
      <Panel
        title={t.answers}
        actions={
          <button class="button" type="button" onClick={() => (answer.value = { id: crypto.randomUUID(), name: '', text: '', version: 0 })}>
            {t.newAnswer}
          </button>
        }
      >
        <Await of={answers}>
          {({ items }) =>
            items.length ? (
              <ul class="acts">
                {items.map(one => (
                  <li key={one.id}>
                    <div>
                      <strong lang="vi">{one.name}</strong>
                      <Quote of={one.text} />
                    </div>
                    <button class="button" type="button" onClick={() => (answer.value = one)}>
                      {t.edit}
                      <span class="unseen" lang="vi">{` ${one.name}`}</span>
                    </button>
                  </li>
                ))}
              </ul>
            ) : (
              <p class="hint">{t.noAnswers}</p>
            )
          }
        </Await>
      </Panel>
      {category.value && <EditCategory key={category.value.slug} of={category.value} taken={categories.all.map(one => one.slug)} leave={() => (category.value = undefined)} done={categories.asked.again} />}
      {answer.value && <EditAnswer key={answer.value.id} of={answer.value} leave={() => (answer.value = undefined)} done={answers.again} />}
    </Screen>
  )
}

/** What addresses and other applications call it by, for good: its Vietnamese name without accents, or with a number behind it. */
function free(name: string, taken: string[]) {
  const plain = folded(name).match(/[a-z0-9]+/g)?.join('-').slice(0, 50).replace(/-$/, '') || 'linh-vuc'
  for (let n = 1; ; n++) {
    const slug = n > 1 ? `${plain}-${n}` : plain
    if (!taken.includes(slug)) return slug
  }
}

function EditCategory({ of: one, taken, leave, done }: { of: Category; taken: string[]; leave: () => void; done: () => void }) {
  const now = useSignal(one)
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Category>) => (now.value = { ...now.value, ...part })
  const name = (field: 'vi' | 'en' | 'km', label: string) => <Field label={label}>{is => <input {...is} class="input" lang={field} required maxLength={80} value={now.value[field]} onInput={event => set({ [field]: event.currentTarget.value })} />}</Field>
  const kind = now.value.unit === null ? '' : now.value.unit === 'commune' ? 'commune' : 'office'
  async function save(close: () => void) {
    const { version, vi, en, km, unit, resolve_days, anonymous, withdrawn } = now.value
    const slug = one.slug || free(vi, taken)
    await run(async () => {
      await api('PUT /api/feedback/desk/categories/{slug}', { slug, headers: { 'If-Match': `"${version}"` }, body: { vi, en, km, unit: unit ?? '', resolve_days, anonymous, withdrawn } })
      close()
      done()
    })
  }
  return (
    <Sheet title={one.version ? t.category : t.newCategory} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void save(close))}>
          {name('vi', t.vietnamese)}
          {name('en', t.english)}
          {name('km', t.khmer)}
          <Field label={t.categoryUnit}>
            {is => (
              <select {...is} class="input" value={kind} onChange={event => set({ unit: event.currentTarget.value === 'office' ? '' : event.currentTarget.value || null })}>
                <option value="">{t.hubDecides}</option>
                <option value="commune">{t.theCommune}</option>
                <option value="office">{t.unitOf}</option>
              </select>
            )}
          </Field>
          {kind === 'office' && <Workplace value={now.value.unit ?? ''} onChange={unit => set({ unit })} />}
          <Field label={t.resolveDays} hint={t.resolveHint}>
            {is => <input {...is} class="input" type="number" min={1} max={365} value={now.value.resolve_days ?? ''} onInput={event => set({ resolve_days: event.currentTarget.value ? Number(event.currentTarget.value) : null })} />}
          </Field>
          <label class="choice">
            <input type="checkbox" checked={now.value.anonymous} onChange={event => set({ anonymous: event.currentTarget.checked })} />
            <span>{t.anonymous}</span>
          </label>
          <label class="choice">
            <input type="checkbox" checked={now.value.withdrawn} onChange={event => set({ withdrawn: event.currentTarget.checked })} />
            <span>{t.withdrawn}</span>
          </label>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.save} leave={close} />
        </form>
      )}
    </Sheet>
  )
}

function EditAnswer({ of: one, leave, done }: { of: Answer; leave: () => void; done: () => void }) {
  const now = useSignal(one)
  const { busy, said, run } = useDeed()
  const after = (close: () => void, deed: () => Promise<unknown>) =>
    run(async () => {
      await deed()
      close()
      done()
    })
  const save = ({ id, version, name, text }: Answer) => api('PUT /api/feedback/desk/answers/{template_id}', { template_id: id, headers: { 'If-Match': `"${version}"` }, body: { name, text } })
  return (
    <Sheet title={one.version ? t.answers : t.newAnswer} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void after(close, () => save(now.value)))}>
          <Field label={t.answerName}>{is => <input {...is} class="input" required maxLength={100} value={now.value.name} onInput={event => (now.value = { ...now.value, name: event.currentTarget.value })} />}</Field>
          <Field label={t.text}>{is => <textarea {...is} class="input" rows={5} required maxLength={4000} value={now.value.text} onInput={event => (now.value = { ...now.value, text: event.currentTarget.value })} />}</Field>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.save} leave={close}>
            {one.version > 0 && (
              <button class="button bad" type="button" disabled={busy.value} onClick={() => void after(close, () => api('DELETE /api/feedback/desk/answers/{template_id}', { template_id: one.id }))}>
                {t.remove}
              </button>
            )}
          </Finish>
        </form>
      )}
    </Sheet>
  )
}
