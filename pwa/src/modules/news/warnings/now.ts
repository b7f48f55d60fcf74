/** The warnings that stand, asked for as long as the app is looked at: by the clock, and whenever the phone is told something. */
import { signal } from '@preact/signals'
import { api, copiedAt, here, type Reply } from '../../../core/api'
import type { Language } from '../../../core/language'
import { keep, recall } from '../../../core/memory'
import { home } from '../../../core/preferences'
import { language } from '../../../core/text'

export type Alert = Reply<'GET /api/news/alerts/{alert_id}'>
export const alerts = signal<{ items: Alert[]; at: string | undefined } | undefined>(undefined)
const EVERY = 60_000
const DAY = 86_400_000

let timer: ReturnType<typeof setTimeout>
export async function look() {
  clearTimeout(timer)
  if (document.hidden) return
  const found = await api('GET /api/news/alerts', {}).catch(() => undefined)
  if (found) alerts.value = { items: found.items, at: copiedAt(found) }
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

/** Whoever has not said where they live is told of all. */
export const concerns = (one: Alert) => !one.communes.length || !home.value || one.communes.some(({ code }) => code === home.value!.code)

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
