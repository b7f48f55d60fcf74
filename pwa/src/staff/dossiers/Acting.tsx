import { useSignal } from '@preact/signals'
import { api, type Problem } from '../../core/api'
import { useDraft } from '../../core/draft'
import { Note } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Workplace } from '../people/Workplace'
import { t as staff } from '../text'
import { moment } from '../times'
import { Conflict, Field, Finish, Said } from '../ui'
import type { Act, Whole } from './Dossier'
import { t } from './text'

type Exemption = Whole['exemptions'][number]['code']
type Typed = { exemption?: Exemption | ''; reason: string; guidance: string; papers: string; due: string; amount: string; place: string; link: string; answer: string; key: string }
const fresh = (): Typed => ({ reason: '', guidance: '', papers: '', due: '', amount: '', place: '', link: '', answer: '', key: crypto.randomUUID() })

const NEEDS: Partial<Record<Act, (keyof Typed)[]>> = {
  'ask-papers': ['papers', 'reason'],
  'ask-payment': ['amount', 'reason'],
  exempt: ['exemption'],
  refuse: ['reason'],
  stop: ['reason'],
  apologise: ['due', 'reason'],
  forward: ['place'],
  'ask-confirmation': ['reason', 'answer'],
}
const MAY: Partial<Record<Act, (keyof Typed)[]>> = { 'ask-papers': ['guidance', 'answer'], 'ask-payment': ['answer'], refuse: ['guidance'], stop: ['guidance'], finish: ['guidance', 'link'], 'note-withdrawal': ['reason'] }

/** What an act must say, kept while it is typed; when somebody was quicker, both texts. */
export default function Acting({ act, one, done, leave }: { act: Act; one: Whole; done: (now: Whole) => void; leave: () => void }) {
  const draft = useDraft<Typed>(`act ${act} ${one.id}`)
  const typed = draft.value ?? fresh()
  const set = (part: Partial<Typed>) => (draft.value = { ...typed, ...part })
  const other = useSignal<Whole>()
  const missing = useSignal(false)
  const { busy, said, run } = useDeed()
  const needs = NEEDS[act] ?? []
  const asks = (name: keyof Typed) => needs.includes(name) || !!MAY[act]?.includes(name)

  async function send(version: number, close: () => void) {
    missing.value = needs.includes('place') && !typed.place
    if (missing.value) return
    const body = {
      act,
      reason: typed.reason,
      guidance: typed.guidance,
      papers: typed.papers.split('\n').map(line => line.trim()).filter(Boolean),
      ...(typed.due ? { new_due_at: `${typed.due}:00+07:00` } : {}),
      ...(typed.amount ? { amount: Number(typed.amount) } : {}),
      ...(typed.exemption ? { exemption: typed.exemption } : {}),
      ...(typed.place ? { place: typed.place } : {}),
      ...(asks('answer') && typed.answer ? { answer_by: `${typed.answer}:00+07:00` } : {}),
      ...(typed.link ? { result_link: typed.link.trim() } : {}),
    }
    const changed = async ({ status }: Problem) => status === 412 && !!(other.value = await read('GET /api/dossiers/desk/{dossier_id}', { dossier_id: one.id }).catch(() => undefined))
    await run(async () => {
      // Another version is another deed, though the words are the same.
      const now = await api('POST /api/dossiers/desk/{dossier_id}/acts', { dossier_id: one.id, headers: { 'If-Match': `"${version}"`, 'Idempotency-Key': `${typed.key}-${version}` }, body })
      draft.value = undefined
      close()
      done(now)
    }, changed)
  }

  const text = (name: 'reason' | 'guidance' | 'papers', label: string, hint: string) =>
    asks(name) && (
      <Field label={label} hint={needs.includes(name) ? hint : t.optional}>
        {is => <textarea {...is} class="input" rows={name === 'papers' ? 4 : 3} maxLength={2000} required={needs.includes(name)} value={typed[name]} onInput={event => set({ [name]: event.currentTarget.value })} />}
      </Field>
    )
  return (
    <Sheet title={t.acts[act]} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void send(one.version, close))}>
          <p>
            <span class="mono">{one.code}</span>
            <span class="hint block">{t.actTexts[act]}</span>
          </p>
          {act === 'ask-papers' && one.supplements > 0 && <Note tone="warn">{t.tooManySupplements}</Note>}
          {text('papers', t.missing, t.missingHint)}
          {asks('due') && (
            <Field label={t.newDue} {...(one.due_at ? { hint: t.newDueHint(moment(one.due_at)) } : {})}>
              {is => <input {...is} class="input" type="datetime-local" required value={typed.due} onInput={event => set({ due: event.currentTarget.value })} />}
            </Field>
          )}
          {asks('answer') && (
            <Field label={t.answerBy} hint={needs.includes('answer') ? t.answerByHint : t.answerByOptional}>
              {is => <input {...is} class="input" type="datetime-local" required={needs.includes('answer')} value={typed.answer ?? ''} onInput={event => set({ answer: event.currentTarget.value })} />}
            </Field>
          )}
          {asks('amount') && <Field label={t.amount}>{is => <input {...is} class="input" type="number" inputmode="numeric" min={1} step={1} required value={typed.amount} onInput={event => set({ amount: event.currentTarget.value })} />}</Field>}
          {asks('exemption') && (
            <Field label={t.reason}>
              {is => (
                <select {...is} class="input" required value={typed.exemption ?? ''} onChange={event => set({ exemption: event.currentTarget.value as Exemption })}>
                  <option value="" />
                  {one.exemptions.map(it => (
                    <option key={it.code} value={it.code}>
                      {it.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          {asks('place') && <Workplace value={typed.place} onChange={place => set({ place })} said={missing.value && !typed.place ? staff.chooseWorkplace : undefined} />}
          {asks('link') && (
            <Field label={t.resultLink} hint={t.resultLinkHint}>
              {is => <input {...is} class="input" type="url" maxLength={2000} value={typed.link} onInput={event => set({ link: event.currentTarget.value })} />}
            </Field>
          )}
          {text('reason', t.reason, t.reasonHint)}
          {text('guidance', t.guidance, t.optional)}
          <Said text={said.value} />
          {other.value ? (
            <Conflict
              busy={busy.value}
              fields={[
                [t.was, t.acts[other.value.steps[0]?.act ?? act], t.acts[act]],
                [t.status, t.statuses[other.value.status], t.statuses[one.status]],
                [t.officer, other.value.steps[0]?.by ?? t.nobody, '–'],
                [t.missing, other.value.steps[0]?.papers.join('; ') || '–', typed.papers || '–'],
                [t.reason, other.value.steps[0]?.reason ?? '–', typed.reason || '–'],
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
