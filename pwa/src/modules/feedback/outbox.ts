/** The reports on this phone as the page sees them, and when they are sent. */
import { effect, signal } from '@preact/signals'
import { connected } from '../../core/connection'
import { keep } from '../../core/memory'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import { all, change, type Item, put, remove } from './kept'
import { sendAll } from './send'

export const items = signal<Item[] | undefined>(undefined)
/** Whose reports may be seen: one's own, and those that were written while nobody had signed in. */
export const owner = () => mark.peek()?.id ?? ''
export const sending = signal(false)

const tabs = new BroadcastChannel('reports')
tabs.onmessage = () => void read()

export async function read() {
  const found = await all()
  // What the first screen looks at, before any of this is fetched.
  keep('reports', found.some(one => one.stage === 'waiting') || null)
  items.value = found.filter(one => !one.account || one.account === owner())
}

function told() {
  tabs.postMessage('')
  void read()
}

let timer: ReturnType<typeof setTimeout> | undefined
let pause = 0

/** Sends now, and later again while something waits: after 5 seconds, 10, and so on, at most every five minutes. */
export async function send() {
  if (sending.peek()) return
  clearTimeout(timer)
  sending.value = true
  const left = await sendAll(language.peek(), told).catch(() => true)
  sending.value = false
  await read()
  pause = left ? Math.min(Math.max(5000, pause * 2), 300_000) : 0
  if (left) timer = setTimeout(() => void send(), pause * (1 + Math.random() / 4))
}

/** To be sent by itself from now on, whatever becomes of this page. */
export async function queue(item: Item) {
  // A browser may throw unvisited data away; what somebody has written is a promise.
  void navigator.storage?.persist?.()
  await put({ ...item, stage: 'waiting' })
  await read()
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  await (worker as { sync?: { register(name: string): Promise<void> } } | undefined)?.sync?.register('reports').catch(() => {})
  void send()
}

/** As before it was refused, to be changed and sent again; under another id, for the first is spent on what it said. */
export async function rewrite(item: Item) {
  await change(item.operation, it => {
    it.stage = 'draft'
    delete it.refusal
  })
  await read()
}

export async function discard(operation: string) {
  await remove(operation)
  told()
}

addEventListener('online', () => void send())
document.addEventListener('visibilitychange', () => document.hidden || void send())
effect(() => void (connected.value && mark.value !== undefined && send()))
