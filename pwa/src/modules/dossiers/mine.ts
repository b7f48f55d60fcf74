/** The dossiers of whoever is signed in: fetched, and kept for when there is no line. */
import { api, type Reply } from '../../core/api'
import { mine } from '../../core/preferences'
import { language } from '../../core/text'

export type Own = Reply<'GET /api/dossiers'>['items'][number]

export async function fetchMine(signal?: AbortSignal) {
  const of = await api('GET /api/dossiers', {}, signal)
  mine.value = { at: new Date().toISOString(), lang: language.peek(), of }
  return of
}

export async function fetchOne(code: string, signal?: AbortSignal) {
  const one = await api('GET /api/dossiers/{code}', { code }, signal)
  const kept = mine.peek()
  if (kept?.lang === language.peek()) mine.value = { ...kept, of: { ...kept.of, items: kept.of.items.map(it => (it.standing.code === code ? one : it)) } }
  return { one, at: new Date().toISOString(), lang: language.peek() }
}
