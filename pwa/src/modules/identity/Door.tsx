import type { ComponentChildren } from 'preact'
import { mark, need } from '../../core/session'
import { begin, type Caller } from './begin'
import { Sheet } from '../../core/ui/Sheet'
import { Steps } from './Steps'
import { t } from './text'

/** Over whatever the person is doing, which stays as it is: sign in again, and go on. */
export default function Door() {
  const { done } = need.value!
  async function signedIn(caller: Caller, close: () => void) {
    const before = mark.peek()
    const another = await begin(caller)
    // Somebody else must neither see nor send what the person before them had begun.
    if (another) location.replace('/account?another')
    else done(!before || before.id === caller.id)
    close()
  }
  return (
    <Sheet title={t.doorTitle} onClose={() => done(false)}>
      {close => (
        <>
          <p>{t.doorLead}</p>
          <Steps frame={Part} onSignedIn={caller => signedIn(caller, close)} />
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
