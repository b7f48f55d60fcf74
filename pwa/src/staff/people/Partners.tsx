import { useSignal } from '@preact/signals'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { day } from '../../core/text'
import { Await, Icon } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { plus } from '../icons'
import { t } from '../text'
import { moment } from '../times'
import { Conflict, Facts, Field, Finish, Id, Nothing, Once, Panel, Said, Screen, tongue } from '../ui'

type Partner = Reply<'GET /api/identity/partners'>['items'][number]
type Secret = Reply<'POST /api/identity/partners'>
const words = (typed: string) => [...new Set(typed.split(/[\s,;]+/).filter(Boolean))]

export default function Partners() {
  const partners = useAsk('partners', signal => read('GET /api/identity/partners', {}, signal))
  const adding = useSignal(false)
  const secret = useSignal<Secret>()
  return (
    <Screen
      title={t.partners}
      lead={t.partnersLead}
      actions={
        <button class="button main" type="button" onClick={() => (adding.value = true)}>
          <Icon of={plus} />
          {t.addPartner}
        </button>
      }
    >
      {secret.value && (
        <Once title={t.secretOnce} text={secret.value.client_secret}>
          <p>{t.secretOnceText}</p>
          <p>
            {t.clientId}: <Id of={secret.value.client_id} />
          </p>
        </Once>
      )}
      <Await of={partners} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t.noPartners}>
              <p>{t.noPartnersText}</p>
            </Nothing>
          ) : (
            <ul class="stack">
              {items.map(one => (
                <li key={one.id}>
                  <One one={one} again={partners.again} onSecret={made => (secret.value = made)} />
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      {adding.value && (
        <Add
          onClose={() => (adding.value = false)}
          onAdded={made => {
            secret.value = made
            partners.again()
          }}
        />
      )}
    </Screen>
  )
}

function Add({ onClose, onAdded }: { onClose: () => void; onAdded: (made: Secret) => void }) {
  const name = useSignal('')
  const permissions = useSignal('')
  const { busy, said, run } = useDeed()
  const add = (close: () => void) =>
    run(async () => {
      const made = await api('POST /api/identity/partners', { body: { name: name.value.trim(), permissions: words(permissions.value) } })
      close()
      onAdded(made)
    })
  return (
    <Sheet title={t.addPartner} onClose={onClose}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void add(close))}>
          <Field label={t.partnerName}>{is => <input {...is} class="input" autocomplete="off" minLength={2} maxLength={80} required value={name.value} onInput={event => (name.value = event.currentTarget.value)} />}</Field>
          <Field label={t.mayDo} hint={t.wordsHint}>
            {is => <textarea {...is} class="input mono" rows={3} autocapitalize="none" spellcheck={false} value={permissions.value} onInput={event => (permissions.value = event.currentTarget.value)} />}
          </Field>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.addPartner} leave={close} />
        </form>
      )}
    </Sheet>
  )
}

type Typed = { permissions: string; disabled: boolean }
/** What was pressed is gone, and this stands in its place. */
const taken = (field: HTMLElement | null) => field?.focus()

function One({ one, again, onSecret }: { one: Partner; again: () => void; onSecret: (made: Secret) => void }) {
  const typed = useSignal<Typed>()
  const other = useSignal<Partner>()
  const asked = useSignal<'secret'>()
  const { busy, said, run } = useDeed()

  function save(version: number, { permissions, disabled }: Typed) {
    typed.value = { permissions, disabled }
    const changed = async ({ status }: Problem) => status === 412 && !!(other.value = (await read('GET /api/identity/partners', {})).items.find(now => now.id === one.id))
    return run(async () => {
      await api('PUT /api/identity/partners/{partner_id}', { partner_id: one.id, headers: { 'If-Match': `"${version}"` }, body: { permissions: words(permissions), disabled } })
      typed.value = other.value = undefined
      again()
    }, changed)
  }
  const renew = (close: () => void) =>
    run(async () => {
      onSecret(await api('POST /api/identity/partners/{partner_id}/secret', { partner_id: one.id }))
      close()
    })
  const now = typed.value ?? { permissions: one.permissions.join('\n'), disabled: !!one.disabled_at }

  return (
    <Panel title={one.name} lang={tongue(one.name)} actions={one.disabled_at ? <span class="tag bad">{t.disabled}</span> : <span class="tag good">{t.active}</span>}>
      <Facts
        of={[
          [t.clientId, <Id of={one.id} />],
          [t.mayDo, one.permissions.length ? <span class="words">{one.permissions.map(word => <code key={word}>{word}</code>)}</span> : t.allowsNothing],
          [t.lastSeen, one.last_used_at ? moment(one.last_used_at) : t.never],
          ...(one.disabled_at ? [[t.disabled, day(one.disabled_at)] as [string, string]] : []),
        ]}
      />
      {typed.value && (
        <form class="form" onSubmit={event => (event.preventDefault(), void save(one.version, now))}>
          <Field label={t.mayDo} hint={t.wordsHint}>
            {is => <textarea {...is} ref={taken} class="input mono" rows={3} autocapitalize="none" spellcheck={false} value={now.permissions} onInput={event => (typed.value = { ...now, permissions: event.currentTarget.value })} />}
          </Field>
          {other.value ? (
            <Conflict
              busy={busy.value}
              fields={[
                [t.mayDo, other.value.permissions.join(', ') || '–', words(now.permissions).join(', ') || '–'],
                [t.state, other.value.disabled_at ? t.disabled : t.active, now.disabled ? t.disabled : t.active],
              ]}
              keep={() => void save(other.value!.version, now)}
              take={() => {
                typed.value = other.value = undefined
                again()
              }}
            />
          ) : (
            <Finish busy={busy.value} label={t.save} leave={() => (typed.value = undefined)} />
          )}
        </form>
      )}
      <Said text={said.value} />
      {!typed.value && (
        <div class="buttons">
          <button class="button" type="button" onClick={() => (typed.value = now)}>
            {t.changeRights}
          </button>
          <button class="button" type="button" onClick={() => (asked.value = 'secret')}>
            {t.newSecret}
          </button>
          <button class={one.disabled_at ? 'button' : 'button bad'} type="button" disabled={busy.value} onClick={() => void save(one.version, { ...now, disabled: !one.disabled_at })}>
            {one.disabled_at ? t.enable : t.disable}
          </button>
        </div>
      )}
      {asked.value && (
        <Sheet title={t.newSecret} onClose={() => (asked.value = undefined)}>
          {close => (
            <div class="form">
              <p>{t.newSecretText(one.name)}</p>
              <Said text={said.value} />
              <div class="buttons">
                <button class="button main" type="button" disabled={busy.value} onClick={() => void renew(close)}>
                  {t.newSecret}
                </button>
                <button class="button" type="button" onClick={close}>
                  {t.cancel}
                </button>
              </div>
            </div>
          )}
        </Sheet>
      )}
    </Panel>
  )
}
