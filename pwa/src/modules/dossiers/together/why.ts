import { Problem } from '../../../core/api'
import { t as dossiers } from '../text'
import { t } from './text'

export type Said = (() => string) | undefined
/** Asked for whenever it is drawn, for the language may change. */
export const why =
  (cause: unknown): Said =>
  () => (!(cause instanceof Problem) ? t.failed : cause.offline ? dossiers.noLine : cause.said.detail ?? t.failed)
