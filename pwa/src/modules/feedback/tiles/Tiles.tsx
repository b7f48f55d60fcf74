import type { ComponentChildren } from 'preact'
import { connected } from '../../../core/connection'
import { recall } from '../../../core/memory'
import { sparing } from '../../../core/sparing'
import type { Outline } from '../../places/geometry'
import type { Plane, View } from '../plane'
import { tilesIn } from './cut'
import { t } from './text'
import './tiles.css'

/** None without a line, none where data is dear or somebody spares it. */
export const wanted = () => connected.value && !sparing() && !recall<boolean>('sparing')
const PICTURE = { preserveAspectRatio: 'none', decoding: 'async' }

/** Pictures on the outline, which stays below them for where one does not come; `children`, the borders, are drawn on them once more. */
export function Tiles({ address, plane, view, children }: { address: string; plane: Plane; view: View; children: ComponentChildren }) {
  if (!wanted()) return null
  const [x, y, side] = view
  return (
    <g class="tiles" aria-hidden="true">
      {tilesIn(plane, view, address).map(one => (
        <image key={one.href} {...one} {...PICTURE} onError={({ currentTarget }) => (currentTarget.style.display = 'none')} />
      ))}
      <rect x={x - side / 2} y={y - side / 2} width={side} height={side} />
      {children}
    </g>
  )
}

/** Whose they are stands on the map; and whom this phone asks for them, if it is somebody else. */
export function Credit({ address, attribution }: NonNullable<Outline['tiles']>) {
  if (!wanted()) return null
  const { host } = new URL(address, location.href)
  return (
    <>
      <p class="hint credit">{attribution}</p>
      {host !== location.host && <p class="hint">{t.asked(host)}</p>}
    </>
  )
}
