/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const Dossiers = screen(t, () => import('./Dossiers'))
export const Dossier = screen(t, () => import('./Dossier'))
