/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const Places = screen(t, () => import('./Places'))
export const Place = screen(t, () => import('./Place'))
