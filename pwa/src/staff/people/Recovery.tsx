import { useSignal } from '@preact/signals'
import { api, type Problem, type Reply } from '../../core/api'
import { Note } from '../../core/ui'
import { eye } from '../../core/ui/icons'
import { useDeed } from '../deed'
import { useWorkplaces } from '../places'
import { t } from '../text'
import { moment } from '../times'
import { Facts, Field, Name, Panel, Said, Screen } from '../ui'

type Found = Reply<'POST /api/identity/recovery/find'>
type Code = Reply<'POST /api/identity/recovery/desk-codes'>

/** A resident at the desk has lost their phone: find the account, look at their papers, give them a code. */
export default function Recovery() {
  const name = useSignal('')
  const knownBy = useSignal('')
  const found = useSignal<Found>()
  const nobody = useSignal(false)
  const { busy, said, run } = useDeed()
  const typed = () => {
    found.value = undefined
    nobody.value = false
  }
  const find = () =>
    run(
      async () => {
        typed()
        found.value = await api('POST /api/identity/recovery/find', { body: { name: name.value.trim(), known_by: knownBy.value.trim() } })
      },
      ({ status }: Problem) => status === 404 && (nobody.value = true),
    )
  return (
    <Screen title={t.recovery} lead={t.recoveryLead} narrow>
      <Note icon={eye} title={t.personIsTold}>
        {t.lookIsTold}
      </Note>
      <Panel title={t.whoIsAtTheDesk}>
        <form class="form" autocomplete="off" onSubmit={event => (event.preventDefault(), void find())}>
          <Field label={t.nameOnPaper}>{is => <input {...is} class="input" autocapitalize="words" spellcheck={false} maxLength={200} required value={name.value} onInput={event => (typed(), (name.value = event.currentTarget.value))} />}</Field>
          <Field label={t.knownBy} hint={t.knownByHint}>
            {is => <input {...is} class="input mono" inputmode="numeric" maxLength={40} required value={knownBy.value} onInput={event => (typed(), (knownBy.value = event.currentTarget.value))} />}
          </Field>
          <Said text={said.value} />
          <div class="buttons">
            <button class="button main" type="submit" disabled={busy.value}>
              {busy.value ? t.searching : t.find}
            </button>
          </div>
          <div role="status">{nobody.value && <Note tone="warn" title={t.noSuchResident}>{t.noSuchResidentText}</Note>}</div>
        </form>
      </Panel>
      {found.value && <Give key={found.value.id} one={found.value} />}
    </Screen>
  )
}

function Give({ one }: { one: Found }) {
  const places = useWorkplaces()
  const checked = useSignal(false)
  const code = useSignal<Code>()
  const { busy, said, run } = useDeed()
  const make = () =>
    run(async () => {
      code.value = await api('POST /api/identity/recovery/desk-codes', { body: { resident_id: one.id } })
    })
  return (
    <Panel title={t.compareWithPaper}>
      <Facts
        of={[
          [t.name, <strong><Name of={one.name} /></strong>],
          [t.oldPhone, one.phone ?? t.noneYet],
          [t.commune, one.commune_code ? <span lang="vi">{places.name(one.commune_code)}</span> : t.noneYet],
        ]}
      />
      {code.value ? (
        <Note tone="good" title={t.deskCode}>
          <p class="shown-code">{code.value.digits.replace(/(.{4})/, '$1 ')}</p>
          <p>{t.deskCodeText(moment(code.value.expires_at))}</p>
        </Note>
      ) : (
        <div class="form">
          <label class="choice">
            <input type="checkbox" checked={checked.value} onChange={event => (checked.value = event.currentTarget.checked)} />
            <span>{t.papersSeen}</span>
          </label>
          <Said text={said.value} />
          <div class="buttons">
            <button class="button main" type="button" disabled={busy.value || !checked.value} onClick={() => void make()}>
              {busy.value ? t.saving : t.makeDeskCode}
            </button>
          </div>
        </div>
      )}
    </Panel>
  )
}
