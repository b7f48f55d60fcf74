/** The screens of this module, each fetched when it is wanted, and the bell above all of them. */
import { lazy, screen } from '../../core/screen'
import { t as signing } from '../identity/text'
import { t as following } from './following/text'
import { t as how } from './how/text'
import { t as inbox } from './inbox/text'
import { t } from './text'

export const Notifications = screen([t, signing], () => import('./Notifications'))
export const Inbox = screen([inbox, signing], () => import('./inbox/Inbox'))
export const Entry = screen([inbox, signing], () => import('./inbox/Entry'))
export const How = screen([how, signing], () => import('./how/How'))
export const Following = screen([following, signing], () => import('./following/Following'))
export const Bell = lazy(() => import('./Bell'))
