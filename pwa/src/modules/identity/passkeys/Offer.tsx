import { useSignal } from '@preact/signals'
import { keep, recall } from '../../../core/memory'
import { Note } from '../../../core/ui'
import { check, fingerprint } from '../../../core/ui/icons'
import { useDeed } from '../deed'
import { Said } from '../Said'
import { add, canAdd } from './add'
import { t } from './text'

/** Whoever had a code sent need not wait for one again. Said until it is wanted, or not wanted once. */
export function Offer({ none, again }: { none: boolean; again: () => void }) {
  const declined = useSignal(recall('no-passkey') === true)
  const added = useSignal(false)
  const { busy, said, run } = useDeed()
  if (added.value)
    return (
      <div role="status">
        <Note tone="good" icon={check}>
          {t.added}
        </Note>
      </div>
    )
  if (!none || declined.value || !canAdd()) return null
  return (
    <Note icon={fingerprint} title={t.offer}>
      <p>{t.offerText}</p>
      <div class="buttons">
        <button
          class="button main"
          type="button"
          disabled={busy.value}
          onClick={() =>
            void run(add).then(done => {
              added.value = done
              if (done) again()
            })
          }
        >
          {busy.value ? t.adding : t.add}
        </button>
        <button
          class="button bare"
          type="button"
          onClick={() => {
            declined.value = true
            keep('no-passkey', true)
          }}
        >
          {t.no}
        </button>
      </div>
      <Said text={said.value?.()} />
    </Note>
  )
}
