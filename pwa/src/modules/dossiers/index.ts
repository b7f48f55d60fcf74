/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'
import { t as together } from './together/text'

export const Dossiers = screen(t, () => import('./Dossiers'))
export const Followers = screen([t, together], () => import('./together/Followers'))
export const Dossier = screen(t, () => import('./Dossier'))
