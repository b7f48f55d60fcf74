/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const Payments = screen(t, () => import('./Payments'))
export const Payment = screen(t, () => import('./Payment'))
export const FindBill = screen(t, () => import('./Find'))
export const Back = screen(t, () => import('./Back'))
