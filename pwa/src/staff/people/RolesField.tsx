import type { Reply } from '../../core/api'
import { Await } from '../../core/ui'
import { useAsk } from '../../core/ask'
import { read } from '../access'
import { t } from '../text'

export type Role = Reply<'GET /api/identity/roles'>['items'][number]
export type Permission = Reply<'GET /api/identity/permissions'>['items'][number]

export const useRoles = () => useAsk('roles', signal => read('GET /api/identity/roles', {}, signal))
/** The sentences come in the reader's language, so another one asks again. */
export const usePermissions = () => useAsk(`permissions ${document.documentElement.lang}`, signal => read('GET /api/identity/permissions', {}, signal))

/** What a permission allows, in the one sentence there is of it; the bare word until that has come. */
export function useSentences() {
  const permissions = usePermissions()
  return (word: string) => permissions.value?.items.find(one => one.word === word)?.sentence ?? word
}

/** Roles to tick, each with what it allows. */
export function RolesField({ value, onChange }: { value: string[]; onChange: (ids: string[]) => void }) {
  const roles = useRoles()
  const says = useSentences()
  return (
    <fieldset class="choices">
      <legend>{t.rolesOf}</legend>
      <Await of={roles} rows={3}>
        {({ items }) =>
          items.map(role => (
            <label key={role.id} class="choice">
              <input type="checkbox" checked={value.includes(role.id)} onChange={event => onChange(event.currentTarget.checked ? [...value, role.id] : value.filter(id => id !== role.id))} />
              <span>
                <span lang="vi">{role.name}</span>
                <span class="hint">{role.permissions.map(says).join(' · ') || t.allowsNothing}</span>
              </span>
            </label>
          ))
        }
      </Await>
    </fieldset>
  )
}
