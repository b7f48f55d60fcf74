/** What the phone keeps: the app itself, whole, one version at a time; and copies of public answers, for when there is no line. */
import { sparing } from '../core/sparing'

declare const self: ServiceWorkerGlobalScope
/** A digest of all that the app is made of, filled in by `build/worker.ts`; the list of it bears that name. */
declare const BUILD: string

const SHELL = `shell-${BUILD}`
const DATA = 'data'
const PATIENCE = 4000
const DAY = 86_400_000
const COPIES = 150

/** The name says what is in it, so an old copy is as good as a new one. */
const named = /\/assets\/.+-[\w-]{8}\.\w+$/
/** What the searches without a line stand on: fetched after the app, kept always, refreshed daily. */
const always = ['/api/catalogue/outline', '/api/catalogue/filters', '/api/places/units?limit=100', '/api/places/outline', '/api/news/alerts', '/api/feedback/categories']
/** The same for everybody, but fetched by the page, in the language that is read there: the newest articles. */
const newest = '/api/news/latest'
const otherLanguage = /\/assets\/(en|km)-/

/** Public answers only, and never one that would keep what somebody typed or where somebody stood. */
export const kept = ({ pathname, searchParams }: URL) => /^\/api\/(catalogue\/|places\/|news\/(alerts|articles|latest|files)|feedback\/(categories|public(?!.*\/photos)))/.test(pathname) && !['q', 'lat', 'lon'].some(name => searchParams.has(name))

/** All or nothing: a version that is not whole never becomes the one in use. */
export async function install() {
  const box = await caches.open(SHELL)
  const list = await fetch(`/assets/parts-${BUILD}.json`)
  if (!list.ok) throw new Error(`${list.url}: ${list.status}`)
  const parts = (await list.json()) as string[]
  await Promise.all(
    parts.map(async url => {
      if (sparing() && otherLanguage.test(url)) return
      const have = named.test(url) && (await caches.match(url))
      const reply = have || (await fetch(url, { cache: 'no-cache' }))
      if (!reply.ok) throw new Error(`${url}: ${reply.status}`)
      await box.put(url, reply)
    }),
  )
}

export async function activate() {
  for (const name of await caches.keys()) if (name.startsWith('shell-') && name !== SHELL) await caches.delete(name)
  await self.clients.claim()
}

export async function shell(url: string) {
  const box = await caches.open(SHELL)
  const have = await box.match(url, { ignoreVary: true })
  if (have) return have
  const reply = await fetch(url)
  if (reply.ok) await box.put(url, reply.clone())
  return reply
}

let renewing: AbortController | undefined
/** A new version waits for what the old one has under way: fetching ahead may as well be done by the new one. */
export const makeWay = () => renewing?.abort()

/** Brings what must always be there, and renews it once a day. */
export async function renew() {
  if (sparing()) return
  const { signal } = (renewing = new AbortController())
  const box = await caches.open(DATA)
  for (const url of always) {
    const have = await box.match(url)
    if (have && Date.now() - Date.parse(have.headers.get('x-copied-at')!) < DAY) continue
    const reply = await fetch(url, { cache: 'no-cache', signal }).catch(() => undefined)
    if (reply) await store(url, reply).catch(() => {})
    if (signal.aborted) return
  }
}

/** Drops what somebody has read, and what is still on its way; what everybody has stays. */
export async function forget() {
  time++
  const box = await caches.open(DATA)
  await Promise.all((await box.keys()).filter(request => !everybodys(request)).map(request => box.delete(request)))
}

/** Counts how often all was forgotten: an answer asked for before is not kept after. */
let time = 0
const everybodys = (request: Request) => [...always, newest].some(one => request.url.endsWith(one))

async function store(url: string, reply: Response, asked = time) {
  const box = await caches.open(DATA)
  // Withdrawn: what it said stands nowhere any more, without a line neither.
  if ([404, 410].includes(reply.status)) return void (await box.delete(url))
  if (!reply.ok || asked !== time || /no-store/.test(reply.headers.get('cache-control') ?? '')) return
  await box.put(url, new Response(await reply.blob(), { headers: { 'content-type': reply.headers.get('content-type') ?? 'application/json', 'x-copied-at': new Date().toISOString() } }))
  const old = (await box.keys()).filter(request => !everybodys(request))
  await Promise.all(old.slice(0, Math.max(0, old.length - COPIES)).map(request => box.delete(request)))
}

let missed = 0

/** The server, if it answers in time; else what it said last time. Just after a silence the patience is short. */
export async function fresh(event: FetchEvent): Promise<Response> {
  const { request } = event
  const asked = fetch(request)
  const then = time
  event.waitUntil(asked.then(reply => store(request.url, reply.clone(), then)).catch(() => {}))
  const late = new Promise<undefined>(done => setTimeout(done, Date.now() - missed < 15_000 ? PATIENCE / 4 : PATIENCE))
  const first = await Promise.race([asked.catch(() => undefined), late])
  if (first && first.status < 500) return first
  missed = Date.now()
  return (await (await caches.open(DATA)).match(request.url)) ?? first ?? asked
}
