/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { need } from '../../core/session'
import { t as account } from './account/text'
import { t as passkeys } from './passkeys/text'
import { t as proof } from './proof/text'
import { t as recovery } from './recovery/text'
import { t } from './text'

export const SignIn = screen(t, () => import('./SignIn'))
export const Account = screen([t, account], () => import('./account/Account'))
export const Profile = screen([t, account], () => import('./account/Profile'))
export const NationalId = screen([t, account], () => import('./account/NationalId'))
export const Devices = screen([t, account], () => import('./account/Devices'))
export const Passkeys = screen([t, account, passkeys], () => import('./passkeys/Passkeys'))
export const LostPhone = screen([t, recovery], () => import('./recovery/LostPhone'))
/** Not screens: what the frame shows over one, and what watches over a session. */
export const Door = screen(t, () => import('./Door').catch(stay))
export const Proof = screen([t, proof], () => import('./proof/Proof').catch(stay))
export const Watch = screen(t, () => import('./Watch'))

/** Without a line the dialog may not come: what waits for it is told, and stays as it is. */
function stay(cause: unknown): never {
  need.peek()?.done(false)
  throw cause
}
