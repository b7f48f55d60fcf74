import { Problem } from '../../core/api'
import { useDeed as deed } from '../../core/deed'
import { t as core } from '../../core/text/words'
import { t } from './text'

/** Asked for whenever it is drawn: the language may change meanwhile. */
export type Sentence = () => string

/** Why it did not go on, in words; the server's own where it has some. */
export const why = (cause: unknown): Sentence => () => {
  // By its name: most screens have nothing to do with passkeys.
  if (cause instanceof Error && cause.name === 'NoPasskey') return t.noPasskey
  if (cause instanceof DOMException && cause.name === 'InvalidStateError') return t.hasPasskey
  if (!(cause instanceof Problem)) return core.failed
  return cause.offline ? t.noLine : cause.said.detail ?? cause.message
}

/** It will not help to try the same again at once. */
export const stuck = (cause: unknown) => cause instanceof Problem && (cause.status === 429 || cause.status >= 500)

export const useDeed = () => deed<Sentence | undefined>(why, undefined)
