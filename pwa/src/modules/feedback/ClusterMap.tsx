import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useLater } from '../../core/later'
import { Await } from '../../core/ui'
import type { Outline } from '../places/geometry'
import './map.css'
import { MOVES, path, pointed, project, SIDE, type View, viewBox } from './plane'
import { tiles } from './tiles/later'

/** So many reports lie around there; how many of them are still open. */
export type Spot = { lat: number; lon: number; count: number; open: number }
/** The middle, and how many degrees of latitude are seen: the whole of it when somebody has come no nearer. */
export type Look = { lat: number; lon: number; seen: number; whole: boolean }
type Words = { mapLabel: string; nearer: string; farther: string; spot: (count: number, open: number) => string }
type Props = { spots: Spot[]; words: Words; look: (at: Look) => void }

const NEAREST = 60

/** Reports on the outline that lies on the phone: circles for many, one by one when it is near. The list below has the same. */
export default function ClusterMap(props: Props) {
  const outline = useAsk('places outline', signal => api('GET /api/places/outline', {}, signal))
  return <Await of={outline}>{value => <Drawing outline={value} {...props} />}</Await>
}

function Drawing({ outline, spots, words, look }: Props & { outline: Outline }) {
  const plane = useMemo(() => project(outline), [outline])
  const { shapes, to, back } = plane
  const land = useMemo(() => shapes.map(({ code, points }) => <path key={code} d={path(points)} />), [shapes])
  const tiled = useLater(tiles, !!outline.tiles)
  const view = useSignal<View>([SIDE / 2, SIDE / 2, SIDE])
  const [x, y, side] = view.value
  function go(x: number, y: number, side: number) {
    const size = Math.min(SIDE, Math.max(NEAREST, side))
    view.value = [Math.min(SIDE, Math.max(0, x)), Math.min(SIDE, Math.max(0, y)), size]
    const [lat, lon] = back(view.value[0], view.value[1])
    look({ lat, lon, seen: lat - back(0, view.value[1] + size)[0], whole: size === SIDE })
  }
  function key(event: KeyboardEvent) {
    const move = MOVES[event.key]
    if (move) go(x + (move[0] * side) / 8, y + (move[1] * side) / 8, side)
    else if (event.key === '+' || event.key === '=') go(x, y, side / 2)
    else if (event.key === '-') go(x, y, side * 2)
    else return
    event.preventDefault()
  }
  return (
    <figure class="pin-map">
      <svg viewBox={viewBox(view.value)} role="application" tabindex={0} aria-label={words.mapLabel} onClick={event => go(...pointed(event, view.value), side / 2)} onKeyDown={key}>
        {land}
        {tiled && outline.tiles && (
          <tiled.Tiles address={outline.tiles.address} plane={plane} view={view.value}>
            {land}
          </tiled.Tiles>
        )}
        {gathered(spots, to, side / 11).map(one => {
          const size = (side / 45) * (1 + Math.log10(one.count))
          return (
            <g key={`${one.x} ${one.y}`} class={one.open ? 'spot open' : 'spot'} transform={`translate(${one.x.toFixed(1)} ${one.y.toFixed(1)})`}>
              <title>{words.spot(one.count, one.open)}</title>
              <circle r={size} />
              {one.count > 1 && (
                <text font-size={side / 28} dy="0.35em">
                  {one.count < 1000 ? one.count : `${Math.round(one.count / 1000)}k`}
                </text>
              )}
            </g>
          )
        })}
      </svg>
      {tiled && outline.tiles && <tiled.Credit {...outline.tiles} />}
      <figcaption class="buttons">
        <button class="button" type="button" disabled={side <= NEAREST} onClick={() => go(x, y, side / 2)}>
          {words.nearer}
        </button>
        <button class="button" type="button" disabled={side >= SIDE} onClick={() => (side * 2 >= SIDE ? go(SIDE / 2, SIDE / 2, SIDE) : go(x, y, side * 2))}>
          {words.farther}
        </button>
      </figcaption>
    </figure>
  )
}

/** What would cover each other is one circle, where most of it is. */
function gathered(spots: Spot[], to: (lat: number, lon: number) => [number, number], size: number) {
  const squares = new Map<string, { x: number; y: number; count: number; open: number }>()
  for (const { lat, lon, count, open } of spots) {
    const [x, y] = to(lat, lon)
    const key = `${Math.floor(x / size)} ${Math.floor(y / size)}`
    const was = squares.get(key) ?? { x: 0, y: 0, count: 0, open: 0 }
    squares.set(key, { x: was.x + x * count, y: was.y + y * count, count: was.count + count, open: was.open + open })
  }
  return [...squares.values()].map(one => ({ ...one, x: one.x / one.count, y: one.y / one.count })).sort((a, b) => b.count - a.count)
}
