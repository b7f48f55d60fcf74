import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { Await, Choices } from '../../../core/ui'
import { Sheet } from '../../../core/ui/Sheet'
import { read } from '../../access'
import { useDeed } from '../../deed'
import { Workplace } from '../../people/Workplace'
import { useWorkplaces } from '../../places'
import { t as staff } from '../../text'
import { Conflict, Field, Finish, Nothing, Panel, Said, Screen } from '../../ui'
import { t } from './text'

type Office = Reply<'GET /api/dossiers/offices'>['items'][number]
const fresh = { place: '', code: '', hours: 'office' as Office['hours'], address: null as string | null, version: 0 }

/** What offices are called in the codes of dossiers. */
export default function Offices() {
  const asked = useAsk('office codes', signal => read('GET /api/dossiers/offices', {}, signal))
  const places = useWorkplaces()
  const open = useSignal<Office>()
  const told = useSignal('')
  return (
    <Screen
      title={t.offices}
      lead={t.officesLead}
      actions={
        <button class="button main" type="button" onClick={() => (open.value = fresh)}>
          {t.addOffice}
        </button>
      }
      narrow
    >
      <p class="told" role="status">
        {told.value}
      </p>
      <Await of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t.noOffices}>
              <p>{t.noOfficesText}</p>
            </Nothing>
          ) : (
            <Panel>
              <ul class="acts">
                {items.map(one => (
                  <li key={one.place}>
                    <p>
                      <strong lang="vi">{places.name(one.place)}</strong>
                      <span class="hint">
                        <span class="mono">{one.code}</span> · {t.hoursOf[one.hours]}
                      </span>
                    </p>
                    <button class="button" type="button" onClick={() => (open.value = one)}>
                      {staff.edit}
                      <span class="unseen"> {places.name(one.place)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </Panel>
          )
        }
      </Await>
      {open.value && (
        <Describe
          key={open.value.place}
          first={open.value}
          leave={() => (open.value = undefined)}
          done={now => {
            told.value = t.officeSaved(now.code)
            asked.again()
          }}
        />
      )}
    </Screen>
  )
}

function Describe({ first, leave, done }: { first: Office; leave: () => void; done: (now: Office) => void }) {
  const typed = useSignal(first)
  const other = useSignal<Office>()
  const missing = useSignal(false)
  const places = useWorkplaces()
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Office>) => (typed.value = { ...typed.value, ...part })
  async function save(version: number, close: () => void) {
    const { place, code, hours, address } = typed.value
    missing.value = !place
    if (!place) return
    const changed = async ({ status }: Problem) => status === 412 && !!(other.value = (await read('GET /api/dossiers/offices', {}).catch(() => undefined))?.items.find(one => one.place === place))
    await run(async () => {
      const now = await api('PUT /api/dossiers/offices/{place}', { place, headers: { 'If-Match': `"${version}"` }, body: { code: code.trim(), hours, address: address ?? '' } })
      close()
      done(now)
    }, changed)
  }
  return (
    <Sheet title={first.place ? places.name(first.place) : t.addOffice} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void save(first.version, close))}>
          {!first.place && <Workplace value={typed.value.place} onChange={place => set({ place })} said={missing.value && !typed.value.place ? staff.chooseWorkplace : undefined} />}
          <Field label={t.officeCode} hint={t.officeCodeHint}>
            {is => <input {...is} class="input mono" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={20} required value={typed.value.code} onInput={event => set({ code: event.currentTarget.value })} />}
          </Field>
          <Choices legend={t.hours} name="hours" value={typed.value.hours} onChange={hours => set({ hours })} of={(['office', 'commune-police'] as const).map(value => ({ value, label: t.hoursOf[value] }))} />
          <Field label={t.address} hint={t.addressHint}>
            {is => <input {...is} class="input" lang="vi" maxLength={300} value={typed.value.address ?? ''} onInput={event => set({ address: event.currentTarget.value })} />}
          </Field>
          <Said text={said.value} />
          {other.value ? (
            <Conflict
              busy={busy.value}
              fields={[
                [t.officeCode, other.value.code, typed.value.code],
                [t.address, other.value.address ?? '–', typed.value.address || '–'],
                [t.hours, t.hoursOf[other.value.hours], t.hoursOf[typed.value.hours]],
              ]}
              keep={() => void save(other.value!.version, close)}
              take={() => {
                const now = other.value!
                close()
                done(now)
              }}
            />
          ) : (
            <Finish busy={busy.value} label={staff.save} leave={close} />
          )}
        </form>
      )}
    </Sheet>
  )
}
