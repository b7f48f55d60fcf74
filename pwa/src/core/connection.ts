/**
 * Is there a line to the server? Learnt from requests, never from `navigator.onLine`, which says yes on a dead line.
 * A request that fails or is silent for four seconds says no; any answer from the server itself says yes.
 */
import { signal } from '@preact/signals'

export const connected = signal(true)
export const PATIENCE = 4000

let probe: ReturnType<typeof setTimeout> | undefined
let pause = 0

export function heard() {
  connected.value = true
  clearTimeout(probe)
  probe = undefined
}

export function missed() {
  connected.value = false
  if (probe === undefined) again((pause = 3000))
}

function again(wait: number) {
  clearTimeout(probe)
  probe = setTimeout(knock, wait)
}

/** Knocks until somebody opens: after 3 s, 6 s, and so on, at most every minute. */
async function knock() {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), PATIENCE)
  try {
    if ((await fetch('/health/live', { cache: 'no-store', signal: stop.signal })).ok) return heard()
  } catch {
    // Still nobody there.
  } finally {
    clearTimeout(late)
  }
  pause = Math.min(pause * 2, 60_000)
  again(pause)
}

addEventListener('offline', missed)
addEventListener('online', () => connected.value || again(0))
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !connected.value) again(0)
})
