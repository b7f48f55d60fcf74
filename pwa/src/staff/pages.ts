import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Problem } from '../core/api'
import { useAsk } from '../core/ask'

type Page<T> = { items: T[]; next_cursor: string | null }

/** A long list, page after page, all of them on the screen. Another `key` begins anew. */
export function usePages<T, P extends Page<T> = Page<T>>(key: string, ask: (cursor: string | null, signal?: AbortSignal) => Promise<P>) {
  const first = useAsk(key, signal => ask(null, signal))
  const more = useSignal<P[]>([])
  const busy = useSignal(false)
  const failed = useSignal<Problem>()
  useEffect(() => {
    more.value = []
    failed.value = undefined
  }, [key, first.value])
  const pages = first.value ? [first.value, ...more.value] : []
  const cursor = pages.at(-1)?.next_cursor ?? null
  async function next() {
    const after = first.value
    busy.value = true
    failed.value = undefined
    try {
      const page = await ask(cursor)
      if (after === first.value) more.value = [...more.value, page]
    } catch (cause) {
      failed.value = cause instanceof Problem ? cause : new Problem(500)
    }
    busy.value = false
  }
  return { ...first, items: pages.flatMap(page => page.items), next: cursor ? next : undefined, busy: busy.value, late: failed.value }
}
