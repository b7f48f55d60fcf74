/** A database of the phone, opened when it is first needed, and again when the browser has taken it away. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** How a browser says that it has closed the database under us: Chromium and Firefox the first two, Safari the third. */
const LOST = ['InvalidStateError', 'AbortError', 'UnknownError']

/** `use(work)`: all of it in one transaction, since whatever was lost on the way is done again, once. */
export function base<Schema extends DBSchema>(name: string, version: number, upgrade: (base: IDBPDatabase<Schema>, before: number) => void) {
  let opened: Promise<IDBPDatabase<Schema>> | undefined
  const lost = () => void (opened = undefined)
  const open = () =>
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
  return async <T>(work: (base: IDBPDatabase<Schema>) => Promise<T>): Promise<T> => {
    const one = open()
    try {
      return await work(await one)
    } catch (cause) {
      if (!LOST.includes((cause as Error).name)) throw cause
      // We may hear of it by this failure first. Others may have opened it again meanwhile.
      if (opened === one) lost()
      return work(await open())
    }
  }
}
