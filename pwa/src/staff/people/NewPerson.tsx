import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../core/api'
import { useDraft } from '../../core/draft'
import { useDeed } from '../deed'
import { t } from '../text'
import { moment } from '../times'
import { Field, Name, Once, Panel, Said, Screen } from '../ui'
import { RolesField } from './RolesField'
import { Workplace } from './Workplace'

type Typed = { login: string; name: string; unit: string; role_ids: string[]; key: string }
const fresh = (): Typed => ({ login: '', name: '', unit: '', role_ids: [], key: crypto.randomUUID() })
type Wrong = Partial<Record<keyof Typed, string>>
/** Which field a refusal is about. */
const about: Record<string, keyof Typed> = { 'login-refused': 'login', 'login-taken': 'login', 'name-refused': 'name', 'workplace-refused': 'unit' }

export default function NewPerson() {
  const draft = useDraft<Typed>('new-person')
  const typed = draft.value ?? fresh()
  const wrong = useSignal<Wrong>({})
  const made = useSignal<Reply<'POST /api/identity/staff'>>()
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Typed>) => {
    wrong.value = {}
    draft.value = { ...typed, ...part }
  }

  async function add() {
    if (!typed.unit) return void (wrong.value = { unit: t.chooseWorkplace })
    const { key, ...body } = typed
    const refused = ({ said: { type, title } }: Problem) => {
      const field = about[type ?? '']
      if (field) wrong.value = { [field]: title ?? '' }
      return !!field
    }
    await run(async () => {
      // The same key for the same form: sent twice on a bad line, it makes one account.
      made.value = await api('POST /api/identity/staff', { headers: { 'Idempotency-Key': key }, body: { ...body, login: body.login.trim(), name: body.name.trim() } })
      draft.value = undefined
    }, refused)
  }

  if (made.value) {
    const { staff, link } = made.value
    return (
      <Screen title={t.personAdded} back={['/staff/people', t.people]} narrow>
        <Panel>
          <p>
            <strong>
              <Name of={staff.name} />
            </strong>{' '}
            · <span class="mono">{staff.login}</span>
          </p>
          <Once title={t.linkOnce} text={link.url}>
            <p>{t.linkOnceText(moment(link.expires_at))}</p>
          </Once>
          <div class="buttons">
            <a class="button main" href={`/staff/people/${staff.id}`}>
              {t.toPerson}
            </a>
            <button class="button" type="button" onClick={() => (made.value = undefined)}>
              {t.addAnother}
            </button>
          </div>
        </Panel>
      </Screen>
    )
  }
  return (
    <Screen title={t.addPerson} lead={t.addPersonLead} back={['/staff/people', t.people]} narrow>
      <Panel>
        <form class="form" onSubmit={event => (event.preventDefault(), void add())}>
          <Field label={t.name} said={wrong.value.name}>
            {is => <input {...is} class="input" autocomplete="off" autocapitalize="words" spellcheck={false} maxLength={100} required value={typed.name} onInput={event => set({ name: event.currentTarget.value })} />}
          </Field>
          <Field label={t.login} hint={t.loginRule} said={wrong.value.login}>
            {is => <input {...is} class="input" autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={40} required value={typed.login} onInput={event => set({ login: event.currentTarget.value })} />}
          </Field>
          <Workplace value={typed.unit} onChange={unit => set({ unit })} said={wrong.value.unit} />
          <RolesField value={typed.role_ids} onChange={role_ids => set({ role_ids })} />
          <Said text={said.value} />
          <div class="buttons">
            <button class="button main" type="submit" disabled={busy.value}>
              {busy.value ? t.saving : t.makeAccount}
            </button>
          </div>
        </form>
      </Panel>
    </Screen>
  )
}
