import { useSignal } from '@preact/signals'
import { api } from '../../../core/api'
import { useDeed } from '../../../core/deed'
import type { Followed } from '../../../core/preferences'
import { t } from './text'
import { type Said, why } from './why'

/** Whoever holds somebody else's slip asks its owner to let them follow it by their own account. */
export default function Asking({ of }: { of: Followed }) {
  const sent = useSignal(false)
  const { busy, said, run } = useDeed<Said>(why, undefined)
  const ask = () =>
    run(async () => {
      await api('POST /api/dossiers/following', { body: { code: of.standing.code, last_digits: of.digits } })
      sent.value = true
    })
  return (
    <section class="section">
      <p class="hint" role="status">
        {sent.value ? t.askSent : t.askHint}
      </p>
      {!sent.value && (
        <button class="button" type="button" disabled={busy.value} onClick={() => void ask()}>
          {busy.value ? t.sending : t.ask}
        </button>
      )}
      <p class="said" role="alert">
        {said.value?.()}
      </p>
    </section>
  )
}
