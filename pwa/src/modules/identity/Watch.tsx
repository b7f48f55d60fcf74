import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { connected } from '../../core/connection'
import { doubts, mark } from '../../core/session'
import { Icon } from '../../core/ui'
import { clock } from '../../core/ui/icons'
import { recognise, tellLate } from './begin'
import './identity.css'
import { t } from './text'

const SOON = 120_000
const LOOK = 2_000

/**
 * Watches over a session: tells the server that somebody is still there, warns before it ends, and when it has ended does
 * what must be done then. Somebody who reads or types without asking the server for anything is still there.
 */
export default function Watch() {
  const now = useSignal(Date.now())
  const asked = useSignal(0)
  const known = useSignal(false)

  async function ask() {
    asked.value = Date.now()
    await recognise().then(() => (known.value = true), () => {})
    now.value = Date.now()
  }

  // Once, as soon as there is a line: to ask is to be there, so a line that comes and goes must not ask by itself.
  useEffect(() => {
    if (!connected.value) return
    if (mark.peek()?.leaving) void tellLate().catch(() => {})
    else if (!known.peek()) void ask()
  }, [connected.value])

  // Ended, or signed out from another device: what must be done then cannot wait.
  useEffect(() => {
    if (doubts.value) void ask()
  }, [doubts.value])

  useEffect(() => {
    const used = () => {
      const { idle, ends, leaving } = mark.peek() ?? { idle: 0, ends: 0 }
      if (ends > Date.now() && !leaving && Date.now() - asked.peek() > Math.max(60_000, idle / 10)) void ask()
    }
    const look = () => {
      const ends = mark.peek()?.ends
      const before = now.peek()
      now.value = Date.now()
      if (ends && before <= ends && now.value > ends) void ask()
    }
    const turn = setInterval(look, LOOK)
    const events = ['pointerdown', 'keydown'] as const
    for (const one of events) addEventListener(one, used, { passive: true })
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(turn)
      for (const one of events) removeEventListener(one, used)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])

  const left = (mark.value?.ends ?? 0) - now.value
  // A session of five minutes is warned about in its last one.
  if (left <= 0 || left > Math.min(SOON, mark.value!.idle / 5)) return null
  return (
    <div class="ribbon soon" role="alert">
      <strong>
        <Icon of={clock} />
        {t.endsSoon(Math.ceil(left / 60_000))}
      </strong>
      <button class="button" type="button" onClick={() => void ask()}>
        {t.stay}
      </button>
    </div>
  )
}
