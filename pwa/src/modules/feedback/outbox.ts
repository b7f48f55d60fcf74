/** The reports on this phone as the page sees them, and when they are sent. */
import { effect, signal } from '@preact/signals'
import { connected } from '../../core/connection'
import { keep } from '../../core/memory'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import { again, all, change, drop, finish, type Item, remove } from './kept'
import { sendAll } from './send'

export const items = signal<Item[] | undefined>(undefined)
/** Whose reports may be seen: one's own, and those that were written while nobody had signed in. */
export const owner = () => mark.peek()?.id ?? ''
export const sending = signal(false)
/** What is on its way, and how many bytes of it are out. */
export const underway = signal<{ path: string; bytes: number } | undefined>(undefined)

const tabs = new BroadcastChannel('reports')
tabs.onmessage = () => void read()

export async function read() {
  // Where nothing may be kept, the server's are shown all the same.
  const found = (await all().catch(() => [])).sort((a, b) => b.at.localeCompare(a.at))
  // What the first screen looks at, before any of this is fetched.
  keep('reports', found.some(one => one.stage === 'waiting') || null)
  items.value = found.filter(one => !one.account || one.account === owner())
}

function told() {
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

/** To be changed after it was refused; under which id. */
export async function rewrite({ operation }: Item): Promise<string> {
  const item = await again(operation)
  await told()
  return item?.operation ?? operation
}

/** The server has it, but not that photo: without it the report is whole. */
export async function without(operation: string, number: number) {
  await drop(operation, number)
  await change(operation, it => {
    if (it.stage === 'refused' && !it.photos.some(one => one.refusal)) it.stage = 'waiting'
  })
  await told()
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
