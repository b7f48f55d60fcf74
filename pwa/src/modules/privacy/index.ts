/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t as signing } from '../identity/text'
import { t } from './text'

export const Privacy = screen([t, signing], () => import('./Privacy'))
export const MyData = screen([t, signing], () => import('./MyData'))
export const Looks = screen([t, signing], () => import('./Looks'))
