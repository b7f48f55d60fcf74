/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t as report } from './report/text'
import { t } from './text'
import { t as write } from './write/text'

export const Reports = screen(t, () => import('./Reports'))
export const Write = screen([t, write], () => import('./write/Write'))
export const Report = screen([t, report], () => import('./report/Report'))
export const PublicReports = screen(t, () => import('./public'))
