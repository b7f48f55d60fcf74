/** The screens of this module, each fetched when it is wanted. */
import { lazy } from 'preact-iso'

export const Search = lazy(() => import('./Search'))
export const Procedure = lazy(() => import('./Procedure'))
export const Saved = lazy(() => import('./Saved'))
