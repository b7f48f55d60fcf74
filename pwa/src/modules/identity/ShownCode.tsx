import { Note } from '../../core/ui'

type Props = { code: string; title: string; text?: string; fill: string; onFill: (code: string) => void }
/** In a demonstration the code that nobody sends stands on the screen. */
export const ShownCode = ({ code, title, text, fill, onFill }: Props) => (
  <Note tone="warn" title={title}>
    {text && <p>{text}</p>}
    <p class="shown-code">{code}</p>
    <button class="button" type="button" onClick={() => onFill(code)}>
      {fill}
    </button>
  </Note>
)
