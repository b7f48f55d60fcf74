/** Words in three languages, one loaded: nobody downloads the other two. Each module brings its own, with its screens. */
import { signal } from '@preact/signals'
import { type Language, wished } from '../language'
import { elsewhere, keep } from '../memory'

export { type Language, languages } from '../language'

/** The shape of the Vietnamese words, without their wording: what a translation must fill completely. */
export type Same<T> = T extends string ? string : T extends (...a: infer A) => string ? (...a: A) => string : { [K in keyof T]: Same<T[K]> }

type Loaders<T> = Record<Language, () => Promise<{ default: T }>>

export const language = signal<Language>('vi')
/** Fetches the words of one module in a language. Only those fetched once are fetched again when the language changes. */
type Fetch = (next: Language) => Promise<void>
const fetchers = new WeakMap<object, Fetch>()
const inUse = new Set<Fetch>()

/** The words of one module, always in the language chosen now. They come when `ready` is asked for them. */
export function texts<T extends object>(load: Loaders<T>): T {
  let words = {} as T
  // Reading the signal subscribes whoever draws these words: a new language redraws them in place, and nobody loses their spot.
  const now = new Proxy(words, { get: (_, key) => language.value && Reflect.get(words, key) })
  fetchers.set(now, async next => {
    // Offline, and this language was never fetched: any language is better than none.
    words = (await load[next]().catch(load.vi)).default
  })
  return now
}

export function ready(words: object) {
  const fetch = fetchers.get(words)!
  inUse.add(fetch)
  return fetch(language.value)
}

async function speak(next: Language) {
  await Promise.all([...inUse].map(fetch => fetch(next)))
  language.value = next
  document.documentElement.lang = next
}

export function choose(next: Language) {
  keep('language', next)
  return speak(next)
}

elsewhere('language', () => void speak(wished()))

export function begin(...first: object[]) {
  language.value = wished()
  document.documentElement.lang = language.value
  return Promise.all(first.map(ready))
}

const AHEAD = 7 * 3_600_000 // Vietnam has been seven hours ahead of UTC all year round since 1975
/** "23/11/2026", the order that all three languages use here, by Vietnam's clock. By hand, as below: a first Intl formatter costs a slow phone a tenth of a second. */
export const day = (iso: string) => new Date(Date.parse(iso) + AHEAD).toISOString().slice(0, 10).split('-').reverse().join('/')

/** 50000 → "50.000" */
export const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, language.value === 'en' ? ',' : '.')
