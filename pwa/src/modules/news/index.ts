/** The screens of this module, each fetched when it is wanted. */
import { screen } from '../../core/screen'
import { calm } from '../../core/stores'
import { ready } from '../../core/text'
import { t } from './text'
import { t as warnings } from './warnings/text'

export const News = screen(t, () => import('./News'))
export const Article = screen(t, () => import('./Article'))
export const Warnings = screen(warnings, () => import('./warnings/Warnings'))
export const Warning = screen(warnings, () => import('./warnings/Warning'))

/** Once the screen stands: most days there is nothing to warn of. */
export async function banner() {
  await calm()
  const [part] = await Promise.all([import('./warnings/Banner'), ready(warnings)])
  return part
}
