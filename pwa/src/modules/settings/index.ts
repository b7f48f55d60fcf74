/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const Settings = screen(t, () => import('./Settings'))
export const Install = screen(t, () => import('./Install'))
export const About = screen(t, () => import('./About'))
export const Design = screen(t, () => import('./Design'))
