/** The reports on this phone as the page sees them, what is said of them, and when all of it is sent. */
import { effect, signal } from '@preact/signals'
import { connected } from '../../core/connection'
import { keep } from '../../core/memory'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import type { Whole } from './report/Report'
import { all, finish, type Item, remove } from './kept'
import { sendAll } from './send'

export const items = signal<Item[]>()
/** Whose reports may be seen: one's own, and those that were written while nobody had signed in. */
export const owner = () => mark.peek()?.id ?? ''
export const sending = signal(false)
/** What is on its way, and how many bytes of it are out. */
export const underway = signal<{ path: string; bytes: number }>()

/** What the server has just said of a report after something was said of it. */
export const answered = signal<Whole>()

/** One that nothing is written of yet. */
export const blank = (operation: string, about?: Item['about']): Item => ({
  operation,
  ...(about && { about }),
  account: owner(),
  stage: 'draft',
  at: new Date().toISOString(),
  lang: language.peek(),
  photos: [],
  body: { category: '', text: '', lat: null, lon: null, accuracy_m: null, commune: null, outside_meant: false, urgent: false, disclosure: 'nobody', photos: 0, written_at: '' },
})

const tabs = new BroadcastChannel('reports')
tabs.onmessage = () => void read()

export async function read() {
  // Where nothing may be kept, the server's are shown all the same.
  const found = (await all().catch(() => [])).sort((a, b) => b.at.localeCompare(a.at))
  // What the first screen looks at, before any of this is fetched.
  keep('reports', found.some(one => one.stage === 'waiting') || null)
  items.value = found.filter(one => !one.account || one.account === owner())
}

export function told(whole?: Whole) {
  if (whole) answered.value = whole
  tabs.postMessage('')
  return read()
}

let timer: ReturnType<typeof setTimeout> | undefined
let pause = 0

/** Sends now, and later again while something waits: after 5 seconds, 10, and so on, at most every five minutes. */
export async function send() {
  if (sending.peek()) return
  clearTimeout(timer)
  sending.value = true
  const left = await import('./carry').then(({ carry }) => sendAll(told, carry)).catch(() => true)
  sending.value = false
  await read()
  pause = left ? Math.min(Math.max(5000, pause * 2), 300_000) : 0
  if (left) timer = setTimeout(() => void send(), pause * (1 + Math.random() / 4))
}

/** To be sent by itself from now on, whatever becomes of this page. It belongs to whoever is signed in now. */
export async function queue(operation: string) {
  // A browser may throw unvisited data away; what somebody has written is a promise.
  void navigator.storage?.persist?.()
  await finish(operation, it => {
    it.stage = 'waiting'
    it.account = owner()
    it.lang = language.peek()
    it.body.written_at = new Date().toISOString()
  })
  await told()
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  await (worker as { sync?: { register(name: string): Promise<void> } } | undefined)?.sync?.register('reports').catch(() => {})
  void send()
}

export async function discard(operation: string) {
  await remove(operation)
  await told()
}

addEventListener('online', () => void send())
document.addEventListener('visibilitychange', () => document.hidden || void send())
// Whoever signs in may send what waited for them.
effect(() => void (mark.value, connected.value && send()))
