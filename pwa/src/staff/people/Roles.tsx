import { useSignal } from '@preact/signals'
import { api, type Problem } from '../../core/api'
import { useDraft } from '../../core/draft'
import { Await, Icon } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { plus } from '../icons'
import { wide } from '../room'
import { t } from '../text'
import { Conflict, Field, Finish, Said, Screen } from '../ui'
import { type Permission, type Role, usePermissions, useRoles } from './RolesField'

type Typed = { name: string; permissions: string[] }

/** Who may do what: permissions down, roles across. */
export default function Roles() {
  const roles = useRoles()
  const permissions = usePermissions()
  const editing = useSignal<Role | 'new'>()
  const told = useSignal('')
  return (
    <Screen
      title={t.roles}
      lead={t.rolesLead}
      actions={
        <button class="button main" type="button" onClick={() => (editing.value = 'new')}>
          <Icon of={plus} />
          {t.addRole}
        </button>
      }
    >
      <p class="told" role="status">
        {told.value}
      </p>
      <Await of={roles} rows={6}>
        {({ items }) => <Await of={permissions} rows={6}>{({ items: all }) => <Matrix roles={items} permissions={all} edit={role => (editing.value = role)} />}</Await>}
      </Await>
      {editing.value && (
        <RoleSheet
          role={editing.value === 'new' ? undefined : editing.value}
          permissions={permissions.value?.items ?? []}
          onClose={() => (editing.value = undefined)}
          onDone={sentence => {
            told.value = sentence
            roles.again()
          }}
        />
      )}
    </Screen>
  )
}

function Matrix({ roles, permissions, edit }: { roles: Role[]; permissions: Permission[]; edit: (role: Role) => void }) {
  if (!wide.value)
    return (
      <ul class="stack">
        {roles.map(role => (
          <li key={role.id} class="panel">
            <h2 lang="vi">{role.name}</h2>
            <p class="hint">{t.peopleHave(role.people)}</p>
            {role.permissions.length ? (
              <ul class="ticks">
                {permissions
                  .filter(one => role.permissions.includes(one.word))
                  .map(one => (
                    <li key={one.word}>{one.sentence}</li>
                  ))}
              </ul>
            ) : (
              <p>{t.allowsNothing}</p>
            )}
            <div>
              <EditButton role={role} edit={edit} />
            </div>
          </li>
        ))}
      </ul>
    )
  return (
    <div class="panel flush" tabIndex={0} role="region" aria-label={t.roles}>
      <table class="table matrix">
        <caption class="unseen">{t.roles}</caption>
        <thead>
          <tr>
            <th scope="col">{t.permission}</th>
            {roles.map(role => (
              <th key={role.id} scope="col">
                <span lang="vi">{role.name}</span>
                <span class="hint">{t.peopleHave(role.people)}</span>
                <EditButton role={role} edit={edit} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map(one => (
            <tr key={one.word}>
              <th scope="row">
                {one.sentence}
                <code>{one.word}</code>
              </th>
              {roles.map(role => (
                <td key={role.id}>{role.permissions.includes(one.word) ? <span class="yes">{t.yes}</span> : <span class="no">{t.no}</span>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const EditButton = ({ role, edit }: { role: Role; edit: (role: Role) => void }) => (
  <button class="button" type="button" onClick={() => edit(role)}>
    {t.edit}
    <span class="unseen" lang="vi">
      {' '}
      {role.name}
    </span>
  </button>
)

function RoleSheet({ role, permissions, onClose, onDone }: { role: Role | undefined; permissions: Permission[]; onClose: () => void; onDone: (sentence: string) => void }) {
  const draft = useDraft<Typed & { key: string }>(`role ${role?.id ?? 'new'}`)
  const typed = draft.value ?? { name: role?.name ?? '', permissions: role?.permissions ?? [], key: crypto.randomUUID() }
  const other = useSignal<Role>()
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Typed>) => (draft.value = { ...typed, ...part })
  const says = (words: string[]) => permissions.filter(one => words.includes(one.word)).map(one => one.sentence).join(', ') || '–'
  const at = (version: number) => ({ role_id: role!.id, headers: { 'If-Match': `"${version}"` } })
  const changed = async ({ status }: Problem) => {
    if (status !== 412) return false
    const { items } = await read('GET /api/identity/roles', {})
    return !!(other.value = items.find(one => one.id === role!.id))
  }

  async function save(version: number, close: () => void) {
    const body = { name: typed.name.trim(), permissions: typed.permissions }
    const done = await run(() => (role ? api('PUT /api/identity/roles/{role_id}', { ...at(version), body }) : api('POST /api/identity/roles', { headers: { 'Idempotency-Key': typed.key }, body })), changed)
    if (done) leave(role ? t.roleChanged(body.name) : t.roleAdded(body.name), close)
  }
  async function remove(close: () => void) {
    if (await run(() => api('DELETE /api/identity/roles/{role_id}', at(role!.version)), changed)) leave(t.roleRemoved(role!.name), close)
  }
  function leave(sentence: string, close: () => void) {
    draft.value = undefined
    close()
    onDone(sentence)
  }

  return (
    <Sheet title={role ? t.editRole : t.addRole} onClose={onClose}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void save(role?.version ?? 0, close))}>
          <Field label={t.roleName}>{is => <input {...is} class="input" autocomplete="off" minLength={2} maxLength={80} required value={typed.name} onInput={event => set({ name: event.currentTarget.value })} />}</Field>
          <fieldset class="choices">
            <legend>{t.mayDo}</legend>
            {permissions.map(one => (
              <label key={one.word} class="choice">
                <input type="checkbox" checked={typed.permissions.includes(one.word)} onChange={event => set({ permissions: event.currentTarget.checked ? [...typed.permissions, one.word] : typed.permissions.filter(word => word !== one.word) })} />
                <span>
                  {one.sentence}
                  <code class="hint">{one.word}</code>
                </span>
              </label>
            ))}
          </fieldset>
          {role && role.people > 0 && <p class="hint">{t.holdersSignedOut(role.people)}</p>}
          <Said text={said.value} />
          {other.value ? (
            <Conflict
              busy={busy.value}
              fields={[
                [t.roleName, other.value.name, typed.name],
                [t.mayDo, says(other.value.permissions), says(typed.permissions)],
              ]}
              keep={() => void save(other.value!.version, close)}
              take={() => leave(t.tookTheirs, close)}
            />
          ) : (
            <Finish busy={busy.value} label={t.save} leave={() => ((draft.value = undefined), close())}>
              {role && role.people === 0 && (
                <button class="button bad" type="button" disabled={busy.value} onClick={() => void remove(close)}>
                  {t.removeRole}
                </button>
              )}
            </Finish>
          )}
        </form>
      )}
    </Sheet>
  )
}

