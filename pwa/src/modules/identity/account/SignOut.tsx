import { useSignal } from '@preact/signals'
import { mark } from '../../../core/session'
import { signOut } from '../begin'
import { Sheet } from '../../../core/ui/Sheet'
import { t as signing } from '../text'
import { t } from './text'

/** What goes with signing out, said before it is done. */
export function SignOut({ onClose }: { onClose: () => void }) {
  const keep = useSignal(false)
  const busy = useSignal(false)
  const shared = mark.value?.shared
  const leave = () => {
    busy.value = true
    void signOut(keep.value)
  }
  return (
    <Sheet title={t.signOutTitle} onClose={onClose}>
      {close => (
        <>
          <p>{shared ? t.signOutShared : t.signOutText}</p>
          {!shared && (
            <label class="choice">
              <input type="checkbox" checked={keep.value} onChange={event => (keep.value = event.currentTarget.checked)} />
              <span>
                {t.keep}
                <span class="hint">{t.keepText}</span>
              </span>
            </label>
          )}
          <div class="buttons">
            <button class="button main" type="button" disabled={busy.value} onClick={leave}>
              {t.signOut}
            </button>
            <button class="button" type="button" disabled={busy.value} onClick={close}>
              {signing.cancel}
            </button>
          </div>
        </>
      )}
    </Sheet>
  )
}
