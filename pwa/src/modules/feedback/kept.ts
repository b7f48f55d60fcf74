/** Reports on this phone, with their photos, from the first word until the server has them whole. No page is needed here. */
import { type DBSchema, openDB } from 'idb'
import type { paths } from '../../core/schema'

export type Body = paths['/api/feedback/reports/{operation}']['put']['requestBody']['content']['application/json']
export type Accepted = paths['/api/feedback/reports/{operation}']['put']['responses'][200]['content']['application/json']
type PhotoKept = paths['/api/feedback/reports/{operation}/photos/{number}']['put']['responses'][200]['content']['application/json']

/** What the server said no to: `type` names the rule. */
export type Refusal = { type: string; title: string; detail: string }
/** `waiting`: to be sent by itself. `refused`: not without a change. `sent`: the server has it, whole. */
export type Stage = 'draft' | 'waiting' | 'refused' | 'sent'
export type Item = {
  operation: string
  /** Whose it is: an account's id, or empty for whoever holds the phone. */
  account: string
  stage: Stage
  /** By this phone's clock. */
  at: string
  /** In which language a refusal is to be said. */
  lang: string
  body: Body
  photos: Shot[]
  accepted?: Accepted
  refusal?: Refusal
}
/** One of its photos; the picture itself lies apart, so that a list is quick. */
export type Shot = { number: number; bytes: number; hash: string; kept?: PhotoKept; refusal?: Refusal }

interface Schema extends DBSchema {
  items: { key: string; value: Item }
  pictures: { key: [string, number]; value: Blob }
}

let opened: ReturnType<typeof open> | undefined
const open = () =>
  openDB<Schema>('reports', 1, {
    upgrade(base) {
      base.createObjectStore('items', { keyPath: 'operation' })
      base.createObjectStore('pictures')
    },
    // Everything is to be forgotten: whoever holds it open lets it go.
    blocking: (_was, _next, event) => {
      ;(event.target as IDBDatabase).close()
      opened = undefined
    },
  })
const base = () => (opened ??= open())

export const all = async () => (await base()).getAll('items')
export const get = async (operation: string) => (await base()).get('items', operation)
export const picture = async (operation: string, number: number) => (await base()).get('pictures', [operation, number])

/** Changes one that is still there: what was thrown away meanwhile does not come back. */
export async function change(operation: string, how: (item: Item) => void) {
  const change = (await base()).transaction('items', 'readwrite')
  const item = await change.store.get(operation)
  if (item) {
    how(item)
    await change.store.put(item)
  }
  await change.done
  return item
}

export const put = async (item: Item) => void (await (await base()).put('items', item))

export async function add(operation: string, shot: Shot, picture: Blob) {
  const change = (await base()).transaction(['items', 'pictures'], 'readwrite')
  const item = await change.objectStore('items').get(operation)
  if (item) {
    item.photos = [...item.photos, shot]
    await change.objectStore('items').put(item)
    await change.objectStore('pictures').put(picture, [operation, shot.number])
  }
  await change.done
}

export async function drop(operation: string, number: number) {
  await change(operation, item => (item.photos = item.photos.filter(one => one.number !== number)))
  await (await base()).delete('pictures', [operation, number])
}

/** Counts the photos anew, from 1, before they are announced: those that were thrown away left gaps. */
export async function count(operation: string) {
  const change = (await base()).transaction(['items', 'pictures'], 'readwrite')
  const pictures = change.objectStore('pictures')
  const item = await change.objectStore('items').get(operation)
  if (item) {
    for (const [index, shot] of item.photos.entries()) {
      if (shot.number === index + 1) continue
      const picture = await pictures.get([operation, shot.number])
      await pictures.delete([operation, shot.number])
      shot.number = index + 1
      if (picture) await pictures.put(picture, [operation, shot.number])
    }
    await change.objectStore('items').put(item)
  }
  await change.done
}

/** The same under an id of its own, with its photos; the first one is gone. */
export async function another(operation: string): Promise<string> {
  const fresh = crypto.randomUUID()
  const item = await get(operation)
  if (!item) return operation
  await put({ ...item, operation: fresh, photos: [] })
  for (const shot of item.photos) {
    const shown = await picture(operation, shot.number)
    if (shown) await add(fresh, shot, shown)
  }
  await remove(operation)
  return fresh
}

export async function remove(operation: string) {
  const change = (await base()).transaction(['items', 'pictures'], 'readwrite')
  await change.objectStore('items').delete(operation)
  await change.objectStore('pictures').delete(pictures(operation))
  await change.done
}

/** The server has them: the phone needs its room. */
export const clear = async (operation: string) => (await base()).delete('pictures', pictures(operation))
const pictures = (operation: string) => IDBKeyRange.bound([operation, 0], [operation, 1000])
