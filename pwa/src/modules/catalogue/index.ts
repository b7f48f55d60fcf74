/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export { trail } from './trail'
export const Search = screen(t, () => import('./Search'))
export const Procedure = screen(t, () => import('./Procedure'))
export const Saved = screen(t, () => import('./Saved'))
