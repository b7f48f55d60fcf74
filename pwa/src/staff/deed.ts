import { useSignal } from '@preact/signals'
import { Problem } from '../core/api'
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

/** Something that changes the world: at most one at a time, and what went wrong is said where it was begun. */
export function useDeed() {
  const busy = useSignal(false)
  const said = useSignal('')
  /** True when it is done. */
  async function run(deed: () => Promise<unknown>, expected?: (problem: Problem) => boolean | Promise<boolean>): Promise<boolean> {
    if (busy.peek()) return false
    busy.value = true
    said.value = ''
    try {
      await deed()
      return true
    } catch (cause) {
      if (!(cause instanceof Problem && expected && (await expected(cause)))) said.value = why(cause)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, said, run }
}
