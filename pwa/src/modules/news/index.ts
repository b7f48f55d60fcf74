/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { calm } from '../../core/stores'
import { ready } from '../../core/text'
import { told } from '../../core/told'
import { t } from './text'
import { t as warnings } from './warnings/text'

export const News = screen(t, () => import('./News'))
export const Article = screen(t, () => import('./Article'))
export const Warnings = screen(warnings, () => import('./warnings/Warnings'))
export const Warning = screen(warnings, () => import('./warnings/Warning'))

/** Is something to be shown with the first screen, which it would push down later? Most days there is nothing to warn of. */
export const alarm = () => Boolean(told('alerts'))
export async function banner() {
  if (!alarm()) await calm()
  const [part] = await Promise.all([import('./warnings/Banner'), ready(warnings)])
  return part
}
