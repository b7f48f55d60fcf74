/** Words in three languages, one loaded: nobody downloads the other two. Each module brings its own. */
import { signal } from '@preact/signals'
import { keep, recall } from '../preferences'

export const languages = { vi: 'Tiếng Việt', en: 'English', km: 'ភាសាខ្មែរ' } as const
export type Language = keyof typeof languages

/** The shape of the Vietnamese words, without their wording: what a translation must fill completely. */
export type Same<T> = T extends string ? string : T extends (...a: infer A) => string ? (...a: A) => string : { [K in keyof T]: Same<T[K]> }

type Dictionary = Record<string, object>
export type Loaders = Record<Language, () => Promise<Dictionary>>

export const language = signal<Language>('vi')
let dictionary: Dictionary = {}
let loaders: Loaders

/** The words of one module, always in the language loaded now. */
export const texts = <T extends object>(module: string) => new Proxy({} as T, { get: (_, key) => Reflect.get(dictionary[module] ?? {}, key) })

export async function speak(next: Language) {
  try {
    dictionary = await loaders[next]()
  } catch (cause) {
    // Offline, and this language was never fetched: any language is better than none.
    if (next === 'vi') throw cause
    return speak('vi')
  }
  language.value = next
  document.documentElement.lang = next
}

export function choose(next: Language) {
  keep('language', next)
  return speak(next)
}

/** The language chosen before, else the first of the phone's languages that we speak, else Vietnamese. */
export function begin(all: Loaders) {
  loaders = all
  const wished = [recall<string>('language'), ...navigator.languages.map(l => l.slice(0, 2))]
  return speak(wished.find((l): l is Language => !!l && l in languages) ?? 'vi')
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** "22/11/2026" in the reader's manner. One formatter per language, for making one costs as much as drawing a card. */
export function day(iso: string) {
  const format = formats.get(language.value) ?? new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : language.value, { dateStyle: 'medium', timeZone: 'Asia/Ho_Chi_Minh' })
  formats.set(language.value, format)
  return format.format(new Date(iso))
}

/** 50000 → "50.000". By hand: the first Intl.NumberFormat costs a slow phone a tenth of a second. */
export const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, language.value === 'en' ? ',' : '.')
