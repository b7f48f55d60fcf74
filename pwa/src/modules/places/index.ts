/** The screens of this module, each fetched when it is wanted. */
import { lazy } from 'preact-iso'

export const Places = lazy(() => import('./Places'))
export const Place = lazy(() => import('./Place'))
