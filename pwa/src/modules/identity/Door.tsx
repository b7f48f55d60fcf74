import type { ComponentChildren } from 'preact'
import { need } from '../../core/session'
import { met } from './met'
import { Sheet } from '../../core/ui/Sheet'
import { Steps } from './Steps'
import { t } from './text'

/** Over whatever the person is doing, which stays as it is: sign in again, and go on. */
export default function Door() {
  return (
    <Sheet title={t.doorTitle} onClose={() => need.peek()?.done(false)}>
      {close => (
        <>
          <p>{t.doorLead}</p>
          <Steps frame={Part} onSignedIn={caller => met(caller).then(close)} />
          <button class="button bare" type="button" onClick={close}>
            {t.cancel}
          </button>
        </>
      )}
    </Sheet>
  )
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="section">
    <h3>{title}</h3>
    {children}
  </section>
)
