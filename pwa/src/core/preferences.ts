/** Small things the phone remembers, readable before the first paint. Nothing here leaves the phone by itself. */
import { signal, type Signal } from '@preact/signals'
import type { Reply } from './api'
import type { Language } from './language'
import { elsewhere, keep, recall } from './memory'
import { mark } from './session'

function remembered<T>(name: string, otherwise: T): Signal<T> {
  const value = signal(recall<T>(name) ?? otherwise)
  value.subscribe(next => {
    if (next !== otherwise || recall(name) !== null) keep(name, next)
  })
  elsewhere(name, () => (value.value = recall<T>(name) ?? otherwise))
  return value
}

export type Theme = 'system' | 'light' | 'dark'
export const theme = remembered<Theme>('theme', 'system')
/** A step of the text size, 0 to 3; `tokens.css` says what each means. */
export const textSize = remembered<number>('text-size', 0)
/** The commune or ward the person calls theirs. */
export const home = remembered<{ code: string; name: string } | null>('home', null)
/** Procedures read lately, newest first. */
export const recent = remembered<{ code: string; title: string }[]>('recent', [])

/** A dossier the person wants to find here again: the digits that open it, and what was last said of it, when and in which language. */
export type Followed = { digits: string; at: string; lang: Language; standing: Reply<'POST /api/dossiers/lookup'> }
export const followed = remembered<Followed[]>('dossiers', [])

/** What the server last said of somebody's own, and in which language; for when there is no line, and only until they sign out. */
export type Copy<T> = { at: string; lang: Language; of: T }
/** A copy lies on the phone, but on one of many only in this page. */
function ofMine<T>(name: string): Signal<Copy<T> | null> {
  const copy = signal(recall<Copy<T>>(name))
  copy.subscribe(next => (next === null ? recall(name) !== null && keep(name, null) : mark.peek()?.shared || keep(name, next)))
  elsewhere(name, () => (copy.value = recall(name)))
  return copy
}
/** The newest of what they were told, and their dossiers. */
export const letters = ofMine<Reply<'GET /api/notifications'>>('letters')
export const mine = ofMine<Reply<'GET /api/dossiers'>>('mine')
/** What they have reported, and what became of the newest. */
export const reported = ofMine<{ list?: Reply<'GET /api/feedback/reports'>; wholes?: Record<string, Reply<'GET /api/feedback/reports/{key}'>> }>('reported')

export function remember(code: string, title: string) {
  recent.value = [{ code, title }, ...recent.peek().filter(one => one.code !== code)].slice(0, 8)
}

theme.subscribe(value => (document.documentElement.dataset.theme = value))
textSize.subscribe(value => (document.documentElement.dataset.size = String(value)))
// Turned phones and grown letters both change the height of the page.
new ResizeObserver(measure).observe(document.body)

/** How many letters fit beside each other. CSS cannot ask: container queries in rem or em are not asked again when the letters grow (Chromium 156). */
function measure() {
  const root = document.documentElement
  const room = innerWidth / parseFloat(getComputedStyle(root).fontSize)
  root.dataset.room = room < 14 ? 'tiny' : room < 18 ? 'small' : 'enough'
}
