import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { api } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { useLater } from '../../../core/later'
import { Await } from '../../../core/ui'
import type { Outline } from '../../places/geometry'
import '../map.css'
import { MOVES, path, pointed, project, SIDE, type View, viewBox } from '../plane'
import { tiles } from '../tiles/later'
import { t } from './text'

type Props = { at: [lat: number, lon: number] | undefined; set: (lat: number, lon: number) => void; near: string | null }
/** A pin on the outline of the communes, which lies on the phone: no line is needed. */
export default function PinMap(props: Props) {
  const outline = useAsk('places outline', signal => api('GET /api/places/outline', {}, signal))
  return <Await of={outline}>{value => <Drawing outline={value} {...props} />}</Await>
}

/** Nearer than the outline is exact there is something to see with tiles alone. */
const NEAREST = { outline: 25, tiles: 3 }

function Drawing({ outline, at, set, near }: Props & { outline: Outline }) {
  const plane = useMemo(() => project(outline), [outline])
  const { shapes, to, back } = plane
  const land = shapes.map(({ code, points }) => <path key={code} d={path(points)} class={code === near ? 'near' : undefined} />)
  const tiled = useLater(tiles, !!outline.tiles)
  const nearest = NEAREST[tiled?.wanted() ? 'tiles' : 'outline']
  const pinned = at && to(...at)
  const own = shapes.find(one => one.code === near)?.points.flat()
  const first = (): View => {
    if (pinned) return [pinned[0], pinned[1], 120]
    if (!own) return [SIDE / 2, SIDE / 2, SIDE]
    const [xs, ys] = [own.map(p => p[0]), own.map(p => p[1])]
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    return [(left + right) / 2, (top + bottom) / 2, Math.max(right - left, bottom - top) * 1.2]
  }
  const view = useSignal(first())
  const [x, y, side] = view.value
  const zoom = (by: number) => (view.value = [pinned?.[0] ?? x, pinned?.[1] ?? y, Math.min(SIDE, Math.max(nearest, side * by))])
  const pin = (x: number, y: number) => set(...back(x, y))
  function touch(event: MouseEvent & { currentTarget: SVGSVGElement }) {
    const to = pointed(event, view.value)
    pin(...to)
    view.value = [...to, side]
  }
  function key(event: KeyboardEvent) {
    const move = MOVES[event.key]
    if (move) {
      const to: [number, number] = [(pinned?.[0] ?? x) + (move[0] * side) / 40, (pinned?.[1] ?? y) + (move[1] * side) / 40]
      pin(...to)
      view.value = [...to, side]
    } else if (event.key === '+' || event.key === '=') zoom(0.5)
    else if (event.key === '-') zoom(2)
    else return
    event.preventDefault()
  }
  return (
    <figure class="pin-map">
      <svg viewBox={viewBox(view.value)} role="application" tabindex={0} aria-label={t.mapLabel} onClick={touch} onKeyDown={key}>
        {land}
        {tiled && outline.tiles && (
          <tiled.Tiles address={outline.tiles.address} plane={plane} view={view.value}>
            {land}
          </tiled.Tiles>
        )}
        {pinned && <circle cx={pinned[0]} cy={pinned[1]} r={side / 50} />}
      </svg>
      {tiled && outline.tiles && <tiled.Credit {...outline.tiles} />}
      <figcaption>
        <p class="hint">{t.mapHint}</p>
        <div class="buttons">
          <button class="button" type="button" disabled={side <= nearest} onClick={() => zoom(0.5)}>
            {t.nearer}
          </button>
          <button class="button" type="button" disabled={side >= SIDE} onClick={() => zoom(2)}>
            {t.farther}
          </button>
        </div>
      </figcaption>
    </figure>
  )
}
