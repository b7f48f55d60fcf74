/** Where a point lies, worked out on the phone, so that nobody's position travels. */
import type { Reply } from '../../core/api'

export type Outline = Reply<'GET /api/places/outline'>
type Feature = Outline['features'][number]
type Ring = [lon: number, lat: number][]

export const rings = ({ geometry }: Feature): Ring[] => (geometry.type === 'Polygon' ? (geometry.coordinates as Ring[]) : (geometry.coordinates as Ring[][]).flat())

const METRES = 111_320 // per degree of latitude

/** Inside by the even-odd rule; and how far the nearest border is, in metres. */
function lies(shape: Ring[], lat: number, lon: number) {
  const narrow = Math.cos((lat * Math.PI) / 180)
  let inside = false
  let border = Infinity
  for (const ring of shape)
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = [(ring[i - 1]![0] - lon) * narrow, ring[i - 1]![1] - lat]
      const [bx, by] = [(ring[i]![0] - lon) * narrow, ring[i]![1] - lat]
      if (ay > 0 !== by > 0 && ax + ((bx - ax) * -ay) / (by - ay) > 0) inside = !inside
      const [dx, dy] = [bx - ax, by - ay]
      const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)))
      border = Math.min(border, Math.hypot(ax + along * dx, ay + along * dy))
    }
  return { inside, border: border * METRES }
}

export type Whereabouts = { code: string; inside: boolean; maybe: string[] } | null

/** The unit around a point, and those whose border is too near to be sure. Null when the province is more than 20 km away. */
export function whereabouts({ features }: Outline, lat: number, lon: number, accuracy: number): Whereabouts {
  // The outline is drawn to about 350 m; a phone says itself how well it knows its place.
  const doubt = 400 + Math.min(accuracy, 2000)
  const all = features
    .map(one => ({ code: one.properties.code, ...lies(rings(one), lat, lon) }))
    .sort((a, b) => Number(b.inside) - Number(a.inside) || a.border - b.border)
  const [best, ...others] = all
  if (!best || (!best.inside && best.border > 20_000)) return null
  return { code: best.code, inside: best.inside, maybe: others.filter(one => one.border < doubt + (best.inside ? 0 : best.border)).slice(0, 3).map(one => one.code) }
}

export const WIDTH = 1000

/** At nine degrees north a degree of longitude is a little shorter than one of latitude; nothing else needs projecting here. */
export function draw({ features }: Outline) {
  const points = features.flatMap(one => rings(one).flat())
  const [west, east] = [Math.min(...points.map(p => p[0])), Math.max(...points.map(p => p[0]))]
  const [south, north] = [Math.min(...points.map(p => p[1])), Math.max(...points.map(p => p[1]))]
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = WIDTH / ((east - west) * narrow)
  const at = ([lon, lat]: [number, number]) => `${Math.round((lon - west) * narrow * scale)} ${Math.round((north - lat) * scale)}`
  return {
    height: Math.ceil((north - south) * scale),
    shapes: features.map(one => ({ code: one.properties.code, path: rings(one).map(ring => `M${ring.map(at).join('L')}Z`).join('') })),
  }
}
