/** What somebody was told: fetched, kept for when there is no line, and counted on the bell. */
import { api, type Reply } from '../../../core/api'
import { letters } from '../../../core/preferences'
import { language } from '../../../core/text'

export type Letter = Reply<'GET /api/notifications'>['items'][number]

/** The newest ones anew. */
export async function fetchLetters(signal?: AbortSignal) {
  const of = await api('GET /api/notifications', {}, signal)
  letters.value = { at: new Date().toISOString(), lang: language.peek(), of }
  return of
}

/** Changed here at once, and there as soon as the server hears of it. */
function change(id: string, next: (one: Letter) => Letter | null) {
  const kept = letters.peek()
  if (!kept) return
  let { unread } = kept.of
  const items = kept.of.items.flatMap(one => {
    if (one.id !== id) return [one]
    const then = next(one)
    unread += Number(!!then && !then.read_at) - Number(!one.read_at)
    return then ? [then] : []
  })
  letters.value = { ...kept, of: { ...kept.of, items, unread: Math.max(0, unread) } }
}

export async function setRead(id: string, read: boolean) {
  change(id, one => ({ ...one, read_at: read ? one.read_at ?? new Date().toISOString() : null }))
  await api('PUT /api/notifications/{entry_id}/read', { entry_id: id, body: { read } })
}

export async function setArchived(id: string, archived: boolean) {
  if (archived) change(id, () => null)
  await api('PUT /api/notifications/{entry_id}/archived', { entry_id: id, body: { archived } })
  if (!archived) await fetchLetters()
}

/** All that is known here: what came meanwhile has not been seen. */
export async function setAllRead(until: string) {
  await api('POST /api/notifications/read', { body: { until } })
  await fetchLetters()
}
