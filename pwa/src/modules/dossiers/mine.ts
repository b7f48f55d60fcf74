/** The dossiers of whoever is signed in: fetched, and kept for when there is no line. */
import { api, type Reply } from '../../core/api'
import { mine } from '../../core/preferences'
import { language } from '../../core/text'

/** What is known of one of them once it was opened. */
export type Whole = Reply<'GET /api/dossiers/{code}'>
export type Own = Reply<'GET /api/dossiers'>['items'][number]

/** Whether it waits for whoever is signed in, not for an office and not for somebody they follow. */
export const waits = ({ standing, owned }: Own) => owned !== false && !!standing.yours && standing.clock !== 'over'
/** Those first where saying nothing agrees, then the others that wait; each part in the order it came in. */
export const inTurn = (all: Own[]) => [...all].sort((a, b) => turn(a) - turn(b))
const turn = (one: Own) => (waits(one) ? (one.standing.silence ? 0 : 1) : 2)

export async function fetchMine(signal?: AbortSignal) {
  const of = await api('GET /api/dossiers', { limit: 100 }, signal)
  while (of.next_cursor) {
    const page = await api('GET /api/dossiers', { limit: 100, cursor: of.next_cursor }, signal)
    of.items.push(...page.items)
    of.next_cursor = page.next_cursor
  }
  // What was read of one that still stands as it did stays beside it.
  const before = new Map(mine.peek()?.lang === language.peek() ? mine.peek()!.of.items.map(it => [it.standing.code, it]) : [])
  const items = of.items.map(it => (before.get(it.standing.code)?.standing.since === it.standing.since ? { ...before.get(it.standing.code), ...it } : it))
  mine.value = { at: new Date().toISOString(), lang: language.peek(), of: { ...of, items } }
  return of
}

export async function fetchOne(code: string, signal?: AbortSignal) {
  const one = await api('GET /api/dossiers/{code}', { code }, signal)
  const kept = mine.peek()
  if (kept?.lang === language.peek()) mine.value = { ...kept, of: { ...kept.of, items: kept.of.items.map(it => (it.standing.code === code ? one : it)) } }
  return { one, at: new Date().toISOString(), lang: language.peek() }
}
