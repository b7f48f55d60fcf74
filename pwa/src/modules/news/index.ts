/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const News = screen(t, () => import('./News'))
export const Article = screen(t, () => import('./Article'))
