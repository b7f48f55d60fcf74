import { Problem } from '../core/api'
import { useDeed as deed } from '../core/deed'
import { NoPasskey } from '../modules/identity/passkey'
import { t } from './text'

/** Why it did not go on, in words; the server's own where it has some. */
export function why(cause: unknown): string {
  if (cause instanceof NoPasskey) return t.noPasskey
  if (!(cause instanceof Problem)) return t.failed
  if (cause.offline) return t.noLine
  if (cause.said.type === 'proof-needed' || cause.said.type === 'sign-in-needed') return t.notProved
  return cause.said.detail ?? cause.message
}

export const useDeed = () => deed(why, '')
