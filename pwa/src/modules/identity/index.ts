/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { t as account } from './account/text'
import { t } from './text'

export const SignIn = screen(t, () => import('./SignIn'))
export const Account = screen([t, account], () => import('./account/Account'))
export const Profile = screen([t, account], () => import('./account/Profile'))
export const NationalId = screen([t, account], () => import('./account/NationalId'))
export const Devices = screen([t, account], () => import('./account/Devices'))
/** Not screens: what the frame shows over one, and what watches over a session. */
export const Door = screen(t, () => import('./Door'))
export const Watch = screen(t, () => import('./Watch'))
