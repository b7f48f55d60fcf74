/** Reports on this phone, and what is said of them later, with their photos, from the first word until the server has them whole. No page is needed here. */
import type { DBSchema, IDBPObjectStore } from 'idb'
import { base } from '../../core/base'
import type { paths } from '../../core/schema'

export type Body = paths['/api/feedback/reports/{operation}']['put']['requestBody']['content']['application/json']
export type Accepted = paths['/api/feedback/reports/{operation}']['put']['responses'][200]['content']['application/json']
export type PhotoKept = paths['/api/feedback/reports/{operation}/photos/{number}']['put']['responses'][200]['content']['application/json']

/** What the server said no to: `type` names the rule. */
export type Refusal = { type: string; title: string; detail: string }
/** `waiting`: to be sent by itself. `refused`: not without a change. `sent`: the server has it, whole. */
export type Stage = 'draft' | 'waiting' | 'refused' | 'sent'
export type How = 'reopenings' | 'more'
export type Item = {
  operation: string
  /** It is no report, but is said of the one that the server knows by this key: that it is not done, or what was asked for. Of its body, the text alone. */
  about?: { key: string; how: How }
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
/** One of its photos; the picture itself lies apart, so that a list is quick. Number 0 is its one video, of which the server has `sent` bytes; `digest` as the header for it has it. `id`: by which the server knows one that goes with what is said. */
export type Shot = { number: number; id?: string; bytes: number; hash: string; digest?: string; sent?: number; kept?: PhotoKept; refusal?: Refusal }

interface Schema extends DBSchema {
  items: { key: string; value: Item }
  pictures: { key: [string, number]; value: Blob }
}

const use = base<Schema>('reports', 1, base => {
  base.createObjectStore('items', { keyPath: 'operation' })
  base.createObjectStore('pictures')
})

/** Without the video. */
export const pictured = (shots: Shot[]) => shots.filter(one => one.number)

export const all = () => use(base => base.getAll('items'))
export const get = (operation: string) => use(base => base.get('items', operation))
export const picture = (operation: string, number: number) => use(base => base.get('pictures', [operation, number]))

type Pictures = IDBPObjectStore<Schema, ('items' | 'pictures')[], 'pictures', 'readwrite'>
type Items = IDBPObjectStore<Schema, ('items' | 'pictures')[], 'items', 'readwrite'>

/** Changes one that is still there, with its pictures, all or nothing: what was thrown away meanwhile does not come back. */
export const change = (operation: string, how: (item: Item, pictures: Pictures, items: Items) => unknown) =>
  use(async base => {
    const change = base.transaction(['items', 'pictures'], 'readwrite')
    const items = change.objectStore('items')
    async function write() {
      const item = await items.get(operation)
      if (!item) return undefined
      await how(item, change.objectStore('pictures'), items)
      await items.put(item)
      return item
    }
    return (await Promise.all([write(), change.done]))[0]
  })

/** Writes a draft down as it is when the turn comes, but for its photos; false when it is none any more: another tab has sent it. */
export const draft = (now: () => Item) =>
  use(async base => {
    const item = now()
    const change = base.transaction('items', 'readwrite')
    async function write() {
      const stored = await change.store.get(item.operation)
      if (stored && stored.stage !== 'draft') return false
      await change.store.put({ ...item, photos: stored?.photos ?? item.photos })
      return true
    }
    return (await Promise.all([write(), change.done]))[0]
  })

/** A photo of a draft, under the first of these numbers that is free. */
export const add = (operation: string, shot: Omit<Shot, 'number'>, picture: Blob, numbers = [1, 2, 3, 4, 5]) =>
  change(operation, async (item, pictures) => {
    const number = numbers.find(one => !item.photos.some(it => it.number === one))
    if (item.stage !== 'draft' || number === undefined) return
    item.photos = [...item.photos, { number, ...shot }]
    await pictures.put(picture, [operation, number])
  })

/** Only of a draft: how many there are is part of what was sent. Or one that the server does not want. */
export const drop = (operation: string, number: number) =>
  change(operation, async (item, pictures) => {
    const shot = item.photos.find(one => one.number === number)
    if (!shot || (item.stage !== 'draft' && !shot.refusal)) return
    item.photos = item.photos.filter(one => one !== shot)
    await pictures.delete([operation, number])
  })

/** A draft is one no longer, and from now on what it says is fixed. Its photos are counted anew, from 1: those that were thrown away left gaps. */
export const finish = (operation: string, how: (item: Item) => void) =>
  change(operation, async (item, pictures) => {
    if (item.stage !== 'draft') return
    for (const [index, shot] of pictured(item.photos).entries()) {
      if (shot.number === index + 1) continue
      const picture = await pictures.get([operation, shot.number])
      await pictures.delete([operation, shot.number])
      shot.number = index + 1
      if (picture) await pictures.put(picture, [operation, shot.number])
    }
    how(item)
  })

/** The server has all of it that it wants: the phone needs the room of the pictures. */
export const settle = (operation: string) =>
  change(operation, async (item, pictures) => {
    item.stage = item.photos.some(shot => shot.refusal) ? 'refused' : 'sent'
    if (item.stage === 'sent') await pictures.delete(picturesOf(operation))
  })

export const remove = (operation: string) =>
  use(base => {
    const change = base.transaction(['items', 'pictures'], 'readwrite')
    return Promise.all([change.objectStore('items').delete(operation), change.objectStore('pictures').delete(picturesOf(operation)), change.done])
  })

export const picturesOf = (operation: string) => IDBKeyRange.bound([operation, 0], [operation, 1000])
