import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { useDraft } from '../../core/draft'
import { screen } from '../../core/screen'
import { Choices } from '../../core/ui'
import { begun } from '../../core/ui/Screens'
import { member } from '../access'
import { useDeed } from '../deed'
import { PlaceField } from '../../modules/places/PlaceField'
import { useWorkplaces } from '../places'
import { t as staff } from '../text'
import { Field, Panel, Said, Screen } from '../ui'
import type { Whole } from './Dossier'
import './dossiers.css'
import { type Chosen, LimitFields, type LimitTyped, published } from './Limit'
import { Papers, type Received } from './Papers'
import { Procedure } from './Procedure'
import { t } from './text'
import { t as texting } from './texting/text'

type Typed = LimitTyped & {
  name: string
  phone: string
  national_id: string
  procedure: string
  case: string
  papers: Received[]
  handling: string
  channel: 'direct' | 'online' | 'post'
  returning: 'desk' | 'post' | 'online'
  accept: 'yes' | 'no'
  received: string
  key: string
}
const fresh = (): Typed => ({ name: '', phone: '', national_id: '', procedure: '', case: '', papers: [], handling: member.peek()?.unit ?? '', channel: 'direct', returning: 'desk', accept: 'yes', received: '', limit: '', unit: 'working-day', why: '', other: false, key: crypto.randomUUID() })
type Wrong = Partial<Record<'name' | 'phone' | 'national_id' | 'procedure' | 'handling' | 'limit' | 'received', string>>
/** Which field a refusal is about. */
const about: Record<string, keyof Wrong> = {
  'name-needed': 'name',
  'contact-needed': 'phone',
  'phone-number-refused': 'phone',
  'personal-number-refused': 'national_id',
  'procedure-not-offered': 'procedure',
  'place-unknown': 'handling',
  'limit-needed': 'limit',
  'limit-never-ends': 'limit',
  'limit-reason-needed': 'limit',
  'received-at-refused': 'received',
}

/** Fetched when one was taken in. */
const Made = screen(texting, () => import('./Made'))

/** Taking a dossier in. What is typed stays until it is sent. */
export default function Register() {
  const draft = useDraft<Typed>('dossier')
  const typed = draft.value ?? fresh()
  const chosen = useSignal<Chosen>()
  const wrong = useSignal<Wrong>({})
  const made = useSignal<Whole>()
  const places = useWorkplaces()
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Typed>) => {
    wrong.value = {}
    draft.value = { ...typed, ...part }
  }

  // As if it were another screen; `Made` begins by itself.
  useEffect(begun, [made.value])
  // There before it is wanted: what was taken in cannot be taken in again, whatever becomes of the line.
  useEffect(() => void Made.preload(), [])

  async function send() {
    if (!typed.procedure) return void (wrong.value = { procedure: t.findProcedure })
    const own = typed.other || !published(chosen.value, typed.channel)
    const refused = ({ said: { type, title } }: Problem) => {
      const field = about[type ?? '']
      if (field) wrong.value = { [field]: title ?? '' }
      return !!field
    }
    await run(async () => {
      made.value = await api('POST /api/dossiers/desk', {
        headers: { 'Idempotency-Key': typed.key },
        body: {
          procedure: typed.procedure,
          name: typed.name,
          phone: typed.phone.trim() || null,
          national_id: typed.national_id.trim() || null,
          case: typed.case || null,
          papers: typed.papers,
          handling_place: typed.handling,
          channel: typed.channel,
          returning: typed.returning,
          accept: typed.accept === 'yes',
          received_at: typed.received ? `${typed.received}:00+07:00` : null,
          limit: own ? { value: Number(typed.limit), unit: typed.unit } : null,
          limit_reason: own ? typed.why : '',
        },
      })
      draft.value = undefined
    }, refused)
  }

  if (made.value) return <Made one={made.value} again={() => (made.value = undefined)} />
  return (
    <Screen title={t.register} back={['/staff/dossiers', t.title]} narrow>
      <form class="stack" autocomplete="off" onSubmit={event => (event.preventDefault(), void send())}>
        <Panel title={t.what}>
          <Procedure code={typed.procedure} said={wrong.value.procedure} onFound={one => (chosen.value = one)} onChoose={procedure => set({ procedure, case: '', papers: [], key: crypto.randomUUID() })} />
          {chosen.value && typed.procedure === chosen.value.code && <Papers of={chosen.value} case={typed.case} papers={typed.papers} onChange={set} />}
        </Panel>
        <Panel title={t.who}>
          <div class="form">
            <Field label={t.name} said={wrong.value.name}>
              {is => <input {...is} class="input" autocapitalize="words" spellcheck={false} maxLength={200} required value={typed.name} onInput={event => set({ name: event.currentTarget.value })} />}
            </Field>
            <div class="pair">
              <Field label={t.phone} said={wrong.value.phone}>
                {is => <input {...is} class="input mono" inputmode="tel" maxLength={40} value={typed.phone} onInput={event => set({ phone: event.currentTarget.value })} />}
              </Field>
              <Field label={t.nationalId} said={wrong.value.national_id}>
                {is => <input {...is} class="input mono" inputmode="numeric" maxLength={40} value={typed.national_id} onInput={event => set({ national_id: event.currentTarget.value })} />}
              </Field>
            </div>
            <p class="hint">{t.contactHint}</p>
          </div>
        </Panel>
        <Panel title={t.limit}>
          <div class="form">
            <Choices legend={t.channel} name="channel" row value={typed.channel} onChange={channel => set({ channel })} of={(['direct', 'online', 'post'] as const).map(value => ({ value, label: t.channels[value] }))} />
            <Choices legend={t.returning} name="returning" row value={typed.returning} onChange={returning => set({ returning })} of={(['desk', 'post', 'online'] as const).map(value => ({ value, label: t.returnings[value] }))} />
            <PlaceField
              label={t.units.handling}
              words={{ choose: staff.chooseWorkplace, search: staff.findWorkplace, found: staff.foundPlaces, foundNone: staff.foundNone, formerly: staff.formerly, cancel: staff.cancel }}
              places={places.all}
              value={typed.handling}
              onChange={handling => handling && set({ handling })}
              said={wrong.value.handling}
            />
            <LimitFields of={chosen.value} channel={typed.channel} typed={typed} said={wrong.value.limit} onChange={set} />
            <Field label={t.receivedAt} hint={t.receivedAtHint} said={wrong.value.received}>
              {is => <input {...is} class="input" type="datetime-local" value={typed.received} onInput={event => set({ received: event.currentTarget.value })} />}
            </Field>
            <Choices legend={t.accept} name="accept" row value={typed.accept} onChange={accept => set({ accept })} of={(['yes', 'no'] as const).map(value => ({ value, label: t.accepts[value] }))} />
          </div>
        </Panel>
        <Said text={said.value} />
        <div class="buttons">
          <button class="button main" type="submit" disabled={busy.value}>
            {busy.value ? t.making : t.makeDossier}
          </button>
          {draft.value && (
            <button class="button bare" type="button" onClick={() => ((draft.value = undefined), (wrong.value = {}))}>
              {t.startOver}
            </button>
          )}
        </div>
      </form>
    </Screen>
  )
}
