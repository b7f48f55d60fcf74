import { useEffect, useRef } from 'preact/hooks'
import { Problem } from '../core/api'
import { useDeed as deed } from '../core/deed'
import { language } from '../core/text'
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

export function useDeed() {
  const last = useRef<{ cause: unknown; words: string } | undefined>(undefined)
  const it = deed(cause => (last.current = { cause, words: why(cause) }).words, '')
  // Said again in another language, when it is still what stands there.
  useEffect(() => {
    if (last.current && it.said.peek() === last.current.words) it.said.value = last.current.words = why(last.current.cause)
  }, [language.value])
  return it
}
