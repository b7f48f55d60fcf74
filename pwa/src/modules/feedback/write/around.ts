/** Which commune a place lies in, worked out on the phone. */
import { api } from '../../../core/api'
import { whereabouts } from '../../places/geometry'
import { allUnits } from '../../places/units'

export async function around(lat: number, lon: number, accuracy: number) {
  const [outline, units] = await Promise.all([api('GET /api/places/outline', {}), allUnits()])
  const found = whereabouts(outline, lat, lon, accuracy)
  return { name: units.find(one => one.code === found?.code)?.name ?? '', outside: !found }
}
