/** The screens of this module, each fetched when it is wanted. */
import { lazy } from 'preact-iso'

export const Settings = lazy(() => import('./Settings'))
export const Design = lazy(() => import('./Design'))
