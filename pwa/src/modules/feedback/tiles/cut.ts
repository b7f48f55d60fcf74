/** Where tiles lie: cut in Web Mercator, as all the world cuts them. */
import type { Plane, View } from '../plane'

const FINEST = 19

/**
 * The tiles in this view, nine or, rarely, twelve: of the scale at which two fill its width.
 * Each is laid by its own corners. The plane is no Mercator, but at nine degrees north a tile is squeezed by less than 0.2 %, and
 * inside of the coarsest one, 77 km wide, nothing lies more than 20 m beside its place: less than a tenth of a pixel.
 */
export function tilesIn({ to, back }: Plane, [x, y, side]: View, address: string) {
  const [north, west] = back(x - side / 2, y - side / 2)
  const [south, east] = back(x + side / 2, y + side / 2)
  const z = Math.min(FINEST, Math.floor(Math.log2(720 / (east - west))))
  const all = 2 ** z
  const column = (lon: number) => Math.floor(((lon + 180) / 360) * all)
  const row = (lat: number) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * all)
  const corner = (column: number, row: number) => to((Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / all))) * 180) / Math.PI, (column / all) * 360 - 180)
  const found = []
  for (let down = row(north); down <= row(south); down++)
    for (let across = column(west); across <= column(east); across++) {
      const [left, top] = corner(across, down)
      const [right, bottom] = corner(across + 1, down + 1)
      const href = address.replace('{z}', `${z}`).replace('{x}', `${across}`).replace('{y}', `${down}`)
      found.push({ href, x: left, y: top, width: right - left, height: bottom - top })
    }
  return found
}
