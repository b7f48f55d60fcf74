import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { copiedAt, Problem } from './api'
import { connected } from './connection'

/** Answers of this visit, so that going back shows the screen as it was, at once. */
const memory = new Map<string, unknown>()

export type Asked<T> = { value?: T; failed?: Problem; again: () => void }
/** `set`: what a change has answered takes the place of whatever was asked before it, until the server is asked anew. */
export type Changing<T> = Asked<T> & { set(value: T): void }

function keep(key: string, value: unknown) {
  memory.delete(key)
  memory.set(key, value)
  if (memory.size > 40) memory.delete(memory.keys().next().value!)
}

/** What a change answered is what the next screen that asks for `key` begins with, and not what stood there before. */
export function changed<T>(key: string, value: T): T {
  keep(key, value)
  return value
}

/** Asks once per `key`, shows the last answer meanwhile, and asks again by itself when the line comes back. */
export function useAsk<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Changing<T> {
  const state = useSignal<{ key: string; value?: T; failed?: Problem }>({ key })
  const turn = useSignal(0)
  useEffect(() => {
    const stop = new AbortController()
    ask(stop.signal).then(
      value => {
        keep(key, value)
        if (!stop.signal.aborted) state.value = { key, value }
      },
      cause => {
        if (!stop.signal.aborted) state.value = { key, failed: cause instanceof Problem ? cause : new Problem(500) }
      },
    )
    return () => stop.abort()
  }, [key, turn.value])
  const now = state.value.key === key ? state.value : { key }
  useEffect(() => {
    if (connected.value && (now.failed?.offline || copiedAt(now.value))) turn.value++
  }, [connected.value])
  const again = () => void turn.value++
  const set = (value: T) => {
    keep(key, value)
    state.value = { key, value }
    again()
  }
  return { value: now.value ?? (memory.get(key) as T | undefined), failed: now.failed, again, set }
}
