import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

type Props = { title: string; onClose: () => void; firm?: boolean; children: (close: () => void) => ComponentChildren }
/**
 * The browser's own dialog: it holds the focus, Escape or a touch beside it closes it, and the focus goes back to where it was.
 * A firm one is closed by what stands in it only, and nobody reads on behind it.
 */
export function Sheet({ title, onClose, firm, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  return (
    <dialog
      class={firm ? 'sheet veil' : 'sheet'}
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={event => firm && event.preventDefault()}
      onClick={event => !firm && event.target === dialog.current && close()}
    >
      <div>
        <h2 id={id} tabIndex={-1} autofocus>
          {title}
        </h2>
        {children(close)}
      </div>
    </dialog>
  )
}
