/** What must survive on the phone: whole saved procedures, ticked papers, this device's registration. */
import type { DBSchema } from 'idb'
import { base as open } from './base'
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

const base = open<Schema>('citizen', 2, (base, before) => {
  if (before < 1) {
    base.createObjectStore('saved', { keyPath: 'code' })
    base.createObjectStore('checklists', { keyPath: 'code' })
    base.createObjectStore('device')
  }
  base.createObjectStore('results')
})

export const saved = {
  all: async () => (await (await base()).getAll('saved')).sort((a, b) => b.at.localeCompare(a.at)),
  get: async (code: string) => (await base()).get('saved', code),
  async put(procedure: Procedure) {
    // A browser may throw unvisited data away; a saved page is a promise.
    void navigator.storage?.persist?.()
    await (await base()).put('saved', { code: procedure.code, at: new Date().toISOString(), procedure })
  },
  remove: async (code: string) => (await base()).delete('saved', code),
}

export const checklists = {
  get: async (code: string) => (await base()).get('checklists', code),
  put: async (list: Checklist) => void (await (await base()).put('checklists', list)),
}

export const device = {
  get: async () => (await base()).get('device', 'me'),
  put: async (one: Device) => void (await (await base()).put('device', one, 'me')),
  remove: async () => (await base()).delete('device', 'me'),
}

/** The results of somebody's dossiers, until they sign out. */
export const results = {
  get: async (id: string) => (await base()).get('results', id),
  put: async (id: string, file: Blob) => void (await (await base()).put('results', file, id)),
  clear: async () => (await base()).clear('results'),
}

/** What was saved and ticked; `all`: this device's registration, too. */
export async function empty(all: boolean) {
  const names = ['saved', 'checklists', ...(all ? (['device'] as const) : [])] as const
  const change = (await base()).transaction(names, 'readwrite')
  await Promise.all([...names.map(name => change.objectStore(name).clear()), change.done])
}
