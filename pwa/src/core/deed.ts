import { useSignal } from '@preact/signals'
import { Problem } from './api'

/**
 * Something that changes the world: at most one at a time, and what went wrong is said where it was begun, in the words of `why`.
 * `nothing` is what is said when nothing went wrong.
 */
export function useDeed<Said>(why: (cause: unknown) => Said, nothing: Said) {
  const busy = useSignal(false)
  const said = useSignal(nothing)
  /** True when it is done. `expected` says that it has dealt with a refusal by itself. */
  async function run(deed: () => Promise<unknown>, expected?: (problem: Problem) => boolean | Promise<boolean>): Promise<boolean> {
    if (busy.peek()) return false
    busy.value = true
    said.value = nothing
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
