/** Where a photo was taken, as its camera wrote it down (EXIF 2.3, GPS IFD); looked at on this phone alone. */
const ROOM = 262_144

export async function takenAt(file: Blob): Promise<[lat: number, lon: number] | undefined> {
  try {
    return placeIn(new DataView(await file.slice(0, ROOM).arrayBuffer()))
  } catch {
    return undefined // what leads out of the file
  }
}

function placeIn(of: DataView): [number, number] | undefined {
  if (of.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; of.getUint8(at) === 0xff && of.getUint8(at + 1) !== 0xda; at += 2 + of.getUint16(at + 2)) if (of.getUint16(at) === 0xffe1 && of.getUint32(at + 4) === 0x45786966) return gps(of, at + 10)
  return undefined
}

/** `start`: of the TIFF inside, from which all its offsets count. */
function gps(of: DataView, start: number): [number, number] | undefined {
  const little = of.getUint16(start) === 0x4949
  const short = (at: number) => of.getUint16(at, little)
  const long = (at: number) => of.getUint32(at, little)
  const entry = (list: number, tag: number) => {
    for (let n = 0; n < short(list); n++) if (short(list + 2 + 12 * n) === tag) return list + 10 + 12 * n
    return undefined
  }
  const inside = entry(start + long(start + 4), 0x8825)
  if (!inside) return undefined
  const list = start + long(inside)
  const degrees = (side: number, tag: number, beyond: string) => {
    const [where, value] = [entry(list, side), entry(list, tag)]
    if (!where || !value) return NaN
    const [whole, minutes, seconds] = [0, 8, 16].map(more => long(start + long(value) + more) / long(start + long(value) + more + 4)) as [number, number, number]
    return (whole + minutes / 60 + seconds / 3600) * (String.fromCharCode(of.getUint8(where)) === beyond ? -1 : 1)
  }
  const [lat, lon] = [degrees(1, 2, 'S'), degrees(3, 4, 'W')]
  // Cameras without a fix write noughts.
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon) ? [lat, lon] : undefined
}
