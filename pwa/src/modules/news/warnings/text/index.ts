import { type Same, texts } from '../../../../core/text'
import { load } from './load'
import type vi from './vi'

export type Words = Same<typeof vi>
export const t = texts<Words>(load)
