import { type Same, texts } from '../../../../core/text'
import type vi from './vi'

export type Words = Same<typeof vi>
export const t = texts<Words>({ vi: () => import('./vi'), en: () => import('./en'), km: () => import('./km') })
