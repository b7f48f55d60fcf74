/** What must survive on the phone: whole saved procedures, ticked papers, this device's registration. */
import type { DBSchema } from 'idb'
import { base } from './base'
import type { paths } from './schema'

// Not `Reply` of api.ts: the worker reads this file too, and has no page around it.
type Procedure = paths['/api/catalogue/procedures/{code}']['get']['responses'][200]['content']['application/json']
export type Saved = { code: string; at: string; procedure: Procedure }
/** Which cases the person said are theirs, and which papers they have in hand. */
export type Checklist = { code: string; cases: string[]; ticked: string[] }
export type Device = { id: string; secret: string }

interface Schema extends DBSchema {
  saved: { key: string; value: Saved }
  checklists: { key: string; value: Checklist }
  device: { key: string; value: Device }
  results: { key: string; value: Blob }
}

const use = base<Schema>('citizen', 2, (base, before) => {
  if (before < 1) {
    base.createObjectStore('saved', { keyPath: 'code' })
    base.createObjectStore('checklists', { keyPath: 'code' })
    base.createObjectStore('device')
  }
  base.createObjectStore('results')
})

export const saved = {
  all: async () => (await use(base => base.getAll('saved'))).sort((a, b) => b.at.localeCompare(a.at)),
  get: (code: string) => use(base => base.get('saved', code)),
  async put(procedure: Procedure) {
    // A browser may throw unvisited data away; a saved page is a promise.
    void navigator.storage?.persist?.()
    await use(base => base.put('saved', { code: procedure.code, at: new Date().toISOString(), procedure }))
  },
  remove: (code: string) => use(base => base.delete('saved', code)),
}

export const checklists = {
  get: (code: string) => use(base => base.get('checklists', code)),
  put: async (list: Checklist) => void (await use(base => base.put('checklists', list))),
}

export const device = {
  get: () => use(base => base.get('device', 'me')),
  put: async (one: Device) => void (await use(base => base.put('device', one, 'me'))),
  remove: () => use(base => base.delete('device', 'me')),
}

/** The results of somebody's dossiers, until they sign out. */
export const results = {
  get: (id: string) => use(base => base.get('results', id)),
  put: async (id: string, file: Blob) => void (await use(base => base.put('results', file, id))),
  clear: () => use(base => base.clear('results')),
}

/** What was saved and ticked; `all`: this device's registration, too. */
export async function empty(all: boolean) {
  const names = ['saved', 'checklists', ...(all ? (['device'] as const) : [])] as const
  await use(base => {
    const change = base.transaction(names, 'readwrite')
    return Promise.all([...names.map(name => change.objectStore(name).clear()), change.done])
  })
}
