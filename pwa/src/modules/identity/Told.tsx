import { useEffect, useRef } from 'preact/hooks'

/** What was done. Whatever was pressed for it may be gone: the focus comes here, so that nobody has to begin at the top again. */
export function Told({ text }: { text: string | undefined }) {
  const here = useRef<HTMLParagraphElement>(null)
  useEffect(() => void (text && here.current!.focus()), [text])
  return (
    <p role="status" class="told" tabIndex={-1} ref={here}>
      {text}
    </p>
  )
}
