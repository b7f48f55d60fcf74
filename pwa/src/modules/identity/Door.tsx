import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { mark, need } from '../../core/session'
import { begin, type Caller } from './begin'
import './identity.css'
import { Steps } from './Steps'
import { t } from './text'

/** Over whatever the person is doing, which stays as it is: sign in again, or prove that it is you. */
export default function Door() {
  const dialog = useRef<HTMLDialogElement>(null)
  const { done } = need.value!
  useEffect(() => dialog.current?.showModal(), [])
  async function signedIn(caller: Caller) {
    const before = mark.peek()
    await begin(caller)
    dialog.current?.close()
    // Somebody else must neither see nor send what the person before them had begun.
    if (before && before.id !== caller.id) location.replace('/account?another')
    else done(true)
  }
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby="door" onClose={() => done(false)}>
      <div class="sheet-inside">
        <h2 id="door">{t.doorTitle}</h2>
        <p>{t.doorLead}</p>
        <Steps frame={Part} onSignedIn={signedIn} />
        <button class="button bare" type="button" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
      </div>
    </dialog>
  )
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="section">
    <h3>{title}</h3>
    {children}
  </section>
)
