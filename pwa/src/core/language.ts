import { recall } from './memory'

export const languages = { vi: 'Tiếng Việt', en: 'English', km: 'ភាសាខ្មែរ' } as const
export type Language = keyof typeof languages

/** The language chosen before, else the first of the phone's languages that we speak, else Vietnamese. */
export function wished(): Language {
  const all = [recall<string>('language'), ...navigator.languages.map(one => one.slice(0, 2))]
  return all.find((one): one is Language => !!one && one in languages) ?? 'vi'
}
