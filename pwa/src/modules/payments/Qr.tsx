import { save } from '../../core/save'
import { Icon } from '../../core/ui'
import { download } from '../../core/ui/icons'
import type { Whole } from './Charge'
import { t } from './text'

type Code = NonNullable<Whole['open'][number]['qr']>
/** So many modules of light around it, as readers want them. */
const QUIET = 4
/** Pixels of one module in the picture that is saved. */
const GRAIN = 10

/** The server's code as a picture; black on white in both themes, for readers know nothing of themes. */
export function Qr({ of: { path, size, text }, code }: { of: Code; code: string }) {
  const side = size + 2 * QUIET
  function picture() {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = side * GRAIN
    const pen = canvas.getContext('2d')!
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.width)
    pen.scale(GRAIN, GRAIN)
    pen.translate(QUIET, QUIET)
    pen.fillStyle = '#000'
    pen.fill(new Path2D(path))
    canvas.toBlob(file => save(file, `VietQR-${code}.png`))
  }
  return (
    <>
      <p>{t.scanThis}</p>
      <svg class="qr" viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={t.scanThis} shape-rendering="crispEdges" data-text={text}>
        <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <button class="button" type="button" onClick={picture}>
        <Icon of={download} />
        {t.savePicture}
      </button>
    </>
  )
}
