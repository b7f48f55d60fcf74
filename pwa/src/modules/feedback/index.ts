/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t as open } from './public/text'
import { t as report } from './report/text'
import { t } from './text'
import { t as write } from './write/text'

export const Reports = screen(t, () => import('./Reports'))
export const Write = screen([t, write], () => import('./write/Write'))
export const Report = screen([t, report], () => import('./report/Report'))
export const PublicReports = screen([t, open], () => import('./public/Public'))
export const PublicReport = screen([t, open], () => import('./public/Seen'))
export const ReportFigures = screen([t, open], () => import('./public/Figures'))
