/** A database of the phone, opened when it is first needed, and again when the browser has taken it away. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

export function base<Schema extends DBSchema>(name: string, version: number, upgrade: (base: IDBPDatabase<Schema>, before: number) => void) {
  let opened: Promise<IDBPDatabase<Schema>> | undefined
  const lost = () => void (opened = undefined)
  return () =>
    (opened ??= openDB<Schema>(name, version, {
      upgrade,
      // A newer version in another tab shall not wait for this one, nor whoever wants everything forgotten.
      blocking(_now, _next, event) {
        ;(event.target as IDBDatabase).close()
        lost()
      },
      // An iPhone does so to an app it has put away.
      terminated: lost,
    }))
}
