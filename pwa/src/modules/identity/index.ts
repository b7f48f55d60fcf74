/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t } from './text'

export const SignIn = screen(t, () => import('./SignIn'))
export const Account = screen(t, () => import('./Account'))
/** Not a screen: what the frame shows over one, and what watches over a session. */
export const Door = screen(t, () => import('./Door'))
export const Watch = screen(t, () => import('./Watch'))
