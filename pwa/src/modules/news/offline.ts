/** The newest articles, whole, on the phone: the list, the search and each of them without a line. */
import { api, copied, Problem, type Reply } from '../../core/api'
import { folded, matcher } from '../../core/fold'
import type { Whole } from './View'

type Latest = Reply<'GET /api/news/latest'>
const KEPT = '/api/news/latest'

/** Brings them, or learns that they are the same. The worker keeps what comes: on a first visit it is waited for. */
export async function keepLatest() {
  const worker = navigator.serviceWorker
  if (worker && !worker.controller) await new Promise(done => worker.addEventListener('controllerchange', done, { once: true }))
  await api('GET /api/news/latest', {}).catch(() => {})
}

/** Straight from the worker's box: asking through it would wait for the dead line once more. */
async function latest(): Promise<{ items: Whole[]; at: string }> {
  const copy = await globalThis.caches?.match(KEPT)
  if (!copy) throw new Problem(0)
  const { items }: Latest = await copy.json()
  return { items, at: copy.headers.get('x-copied-at')! }
}

type Asked = { commune: string; topic: string; q: string }
/** The list as the server would give it, as far as it is kept. */
export async function listKept({ commune, topic, q }: Asked): Promise<Reply<'GET /api/news/articles'>> {
  const { items: all, at } = await latest()
  const matches = matcher(q)
  const items = all.filter(
    one =>
      (!commune || !one.communes.length || one.communes.some(place => place.code === commune)) &&
      (!topic || one.topics.some(it => it.code === topic)) &&
      matches(folded([one.title, one.summary, ...one.pieces.map(piece => piece.text)].join(' '))),
  )
  const topics = [...new Map(all.flatMap(one => one.topics).map(one => [one.code, one])).values()]
  return copied({ items, next_cursor: null, topics }, at)
}

export async function readKept(id: string): Promise<Whole> {
  const { items, at } = await latest()
  const one = items.find(one => one.id === id)
  if (!one) throw new Problem(0)
  return copied(one, at)
}
