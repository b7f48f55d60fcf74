import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import './identity.css'

type Props = { title: string; onClose: () => void; children: (close: () => void) => ComponentChildren }
/** The browser's own dialog: it holds the focus, Escape or a touch beside it closes it, and the focus goes back to where it was. */
export function Sheet({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={id} onClose={onClose} onClick={event => event.target === dialog.current && close()}>
      <div class="sheet-inside">
        <h2 id={id} tabIndex={-1} autofocus>
          {title}
        </h2>
        {children(close)}
      </div>
    </dialog>
  )
}
