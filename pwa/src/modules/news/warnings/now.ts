/** The warnings that stand, asked for as long as the app is looked at: by the clock, and whenever the phone is told something. */
import { signal } from '@preact/signals'
import { api, copiedAt, here, type Reply } from '../../../core/api'
import type { Language } from '../../../core/language'
import { keep, recall } from '../../../core/memory'
import { home } from '../../../core/preferences'
import { present } from '../../../core/session'
import { language } from '../../../core/text'
import { told } from '../../../core/told'

export type Alert = Reply<'GET /api/news/alerts/{alert_id}'>
type Alerts = { items: Alert[]; at?: string | undefined }
export const alerts = signal(JSON.parse(told('alerts') ?? 'null') as Alerts | null)
const EVERY = 60_000
const DAY = 86_400_000

let timer: ReturnType<typeof setTimeout>
export async function look() {
  clearTimeout(timer)
  if (document.hidden) return
  const found = await api('GET /api/news/alerts', {}).catch(() => undefined)
  if (found) {
    alerts.value = { items: found.items, at: copiedAt(found) }
    keep('alerts', found.items.length ? JSON.stringify({ items: found.items, at: copiedAt(found) ?? new Date().toISOString() }) : null)
  }
  clearTimeout(timer)
  timer = setTimeout(() => void look(), EVERY)
}

export function watch() {
  const told = () => void look()
  told()
  document.addEventListener('visibilitychange', told)
  navigator.serviceWorker?.addEventListener('message', told)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', told)
    navigator.serviceWorker?.removeEventListener('message', told)
  }
}

export const cleared = (one: Alert) => one.state === 'cleared'
/** By this phone's own clock: a copy from yesterday may be of a warning that is over. */
export const stands = (one: Alert) => (cleared(one) ? here(one.sent_at) + DAY > Date.now() : one.state === 'in-force' && (!one.ends_at || here(one.ends_at) > Date.now()))

/** Communes that the person follows, or this phone. Asked anew at each visit: they are nobody's business who looks at the phone later. */
const follows = signal<string[]>([])
export async function askWhere() {
  const account = present.peek()
  if (!account && !('Notification' in window && Notification.permission === 'granted')) return void (follows.value = [])
  const push = account ? undefined : await import('../../../core/push')
  const known = push && (await push.pushState()) === 'on' && (await push.me())
  const found = account
    ? await api('GET /api/notifications/following', {})
    : known && { home: null, ...(await api('GET /api/notifications/devices/{device_id}/following', { device_id: known.id, headers: { 'Device-Secret': known.secret } })) }
  follows.value = found ? [...found.communes, ...(found.home ? [found.home] : [])] : []
}

/** Whoever has not said what places concern them is told of all. */
export function concerns(one: Alert) {
  const places = home.value ? [home.value.code, ...follows.value] : follows.value
  return !one.communes.length || !places.length || one.communes.some(({ code }) => places.includes(code))
}

/** All-clears that somebody has put away. */
export const seen = signal<string[]>(recall('alerts-seen') ?? [])
export const putAway = (one: Alert) => keep('alerts-seen', (seen.value = [...seen.peek(), one.identifier].slice(-20)))

export const mine = () => (alerts.value?.items ?? []).filter(one => stands(one) && concerns(one) && !seen.value.includes(one.identifier))

/** Its words, in the reader's language where there are any; kind and grade have names in all of them. */
export function words(one: Alert, wished: Language = language.value) {
  const lang: Language = wished in one.texts ? wished : 'vi'
  return { ...one.names[language.value]!, ...one.texts[lang]!, lang, foreign: lang !== language.value }
}

export const tone = (one: Alert) => (cleared(one) ? 'cleared' : `grade-${one.level}`)
