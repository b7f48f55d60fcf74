import { screen } from '../../core/screen'
import { t } from './text'

export const Emergency = screen(t, () => import('./Emergency'))
