/** The province on a plane, a thousand units wide or high. */
import { type Outline, rings } from '../places/geometry'

export const SIDE = 1000

/** At nine degrees north a degree of longitude is a little shorter than one of latitude; nothing else needs projecting here. */
export function project({ features }: Outline) {
  const points = features.flatMap(one => rings(one).flat())
  const [west, east] = [Math.min(...points.map(p => p[0])), Math.max(...points.map(p => p[0]))]
  const [south, north] = [Math.min(...points.map(p => p[1])), Math.max(...points.map(p => p[1]))]
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = SIDE / Math.max((east - west) * narrow, north - south)
  const to = (lat: number, lon: number): [number, number] => [(lon - west) * narrow * scale, (north - lat) * scale]
  const back = (x: number, y: number): [number, number] => [north - y / scale, west + x / narrow / scale]
  const shapes = features.map(one => ({ code: one.properties.code, points: rings(one).map(ring => ring.map(([lon, lat]) => to(lat, lon))) }))
  return { shapes, to, back }
}
export type Plane = ReturnType<typeof project>

/** Its middle, and how much of the plane is seen. */
export type View = [x: number, y: number, side: number]
export const viewBox = ([x, y, side]: View) => `${x - side / 2} ${y - side / 2} ${side} ${side}`

/** Where on the plane somebody has pointed. */
export function pointed({ clientX, clientY, currentTarget }: MouseEvent & { currentTarget: SVGSVGElement }, [x, y, side]: View): [x: number, y: number] {
  const { left, top, width, height } = currentTarget.getBoundingClientRect()
  return [x - side / 2 + ((clientX - left) / width) * side, y - side / 2 + ((clientY - top) / height) * side]
}

/** The way each key leads. */
export const MOVES: Record<string, [x: number, y: number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export const path = (points: [number, number][][]) => points.map(ring => `M${ring.map(p => `${p[0].toFixed(1)} ${p[1].toFixed(1)}`).join('L')}Z`).join('')
