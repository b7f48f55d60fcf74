/** A warning being typed: kept on this machine at once, on the server a moment later, and never over what a colleague has written. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, type Problem } from '../../core/api'
import { useDraft } from '../../core/draft'
import { read } from '../access'
import { alike, same } from '../alike'
import { useDeed } from '../deed'
import { type Desk, type Draft, timed } from './draft'

const PAUSE = 1000
const WATCH = 4000

/** `version`: what it was typed over. `sent`: what was on its way when the page was left; the server may have it, or not. */
type Kept = { version: number; draft: Draft; sent: Draft | undefined }

/** `done`: a newer state of it, to be shown. `other`: what somebody else has saved meanwhile; nothing is saved until one is chosen. */
export function useTyping(desk: Desk, done: (next: Desk) => void) {
  const kept = useDraft<Kept>(`typed warning ${desk.id}`)
  const left = useRef(kept.peek()).current
  const onItsWay = useRef(left?.sent)
  const typed = useSignal<Draft>(left?.draft ?? desk.draft)
  /** What the server has, by its last word to us, as it was sent: it strips a space at an end, and whoever types must not lose it. */
  const base = useSignal<{ version: number; draft: Draft | undefined }>(left ? { version: left.version, draft: undefined } : desk)
  const other = useSignal<Desk>()
  const { busy, said, run } = useDeed()
  const saves = useRef(Promise.resolve())
  const editable = desk.acts.includes('write-warning')
  const unsaved = !same(typed.value, base.value.draft)
  const open = () => !same(typed.peek(), base.peek().draft)
  const ask = () => read('GET /api/news/alert-desk/{alert_id}', { alert_id: desk.id })

  /** What stands on the server now: as it was, our own last word, somebody else's where nothing is open here, or both to choose from. */
  function meet(next: Desk) {
    const { version, draft } = base.peek()
    const its = { version: next.version, draft: next.draft }
    if (next.version < version) return
    if (next.version === version) {
      if (!draft) base.value = its
    } else if (same(typed.peek(), draft)) {
      base.value = its
      typed.value = next.draft
    } else if ([draft, typed.peek(), onItsWay.current].some(one => alike(timed(next.draft), one && timed(one)))) base.value = its
    else other.value = next
  }

  async function save(version: number) {
    const draft = typed.peek()
    await run(
      async () => {
        kept.value = { version, draft, sent: (onItsWay.current = draft) }
        const next = await api('PUT /api/news/alert-desk/{alert_id}', { alert_id: desk.id, headers: { 'If-Match': `"${version}"` }, body: draft })
        onItsWay.current = other.value = undefined
        base.value = { version: next.version, draft }
        done(next)
      },
      async ({ status }: Problem) => {
        const next = status === 412 && (await ask().catch(() => undefined))
        if (!next) return false
        other.value = undefined
        meet(next)
        done(next)
        return true
      },
    )
  }

  /** One at a time; what was typed meanwhile is saved after. `over`: their version, of which ours was chosen. */
  const queue = (over?: number) => (saves.current = saves.current.then(() => (over || (open() && !other.peek()) ? save(over ?? base.peek().version) : undefined)))

  useEffect(() => meet(desk), [desk])
  useEffect(() => {
    kept.value = unsaved ? { version: base.peek().version, draft: typed.peek(), sent: onItsWay.current } : undefined
    if (!unsaved || !editable || other.value) return
    const wait = setTimeout(() => void queue(), PAUSE)
    return () => clearTimeout(wait)
  }, [typed.value, base.value, other.value])
  // While phones are being rung the numbers grow.
  const waiting = desk.messages.some(one => one.waiting > 0)
  useEffect(() => {
    if (!waiting || unsaved) return
    const look = setTimeout(() => void ask().then(done, () => {}), WATCH)
    return () => clearTimeout(look)
  }, [desk, unsaved])

  return {
    typed,
    other,
    busy,
    said,
    unsaved,
    editable,
    /** After 412: what stands there now. */
    again: () => void ask().then(done, () => {}),
    /** Saves what is typed at once; whether the server has it. */
    async settle() {
      if (editable) await queue()
      return !editable || !open()
    },
    keep: () => void queue(other.peek()!.version),
    take() {
      const theirs = other.peek()!
      typed.value = theirs.draft
      base.value = { version: theirs.version, draft: theirs.draft }
      other.value = undefined
      done(theirs)
    },
  }
}
