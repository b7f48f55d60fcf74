/** All communes and wards, all on the phone at once, and the search among them. */
import { api, type Reply } from '../../core/api'
import { folded, matcher } from '../../core/fold'

export type Unit = Reply<'GET /api/places/units'>['items'][number]
/** What can be found by its name of today or a former one. */
export type Named = { code: string; name: string; formerly: string[] }
/** A unit and the old name that led to it. */
export type Match<P extends Named = Unit> = { unit: P; old: string | null }

export const allUnits = async (signal?: AbortSignal) => (await api('GET /api/places/units', { limit: 100 }, signal)).items

/** New names first; then the units that a former name leads to. */
export function find<P extends Named>(units: P[], query: string): Match<P>[] {
  const matches = matcher(query)
  const named = units.filter(unit => matches(folded(unit.name)))
  const led = units.filter(unit => !named.includes(unit)).flatMap(unit => {
    const old = unit.formerly.find(name => matches(folded(name)))
    return old ? [{ unit, old }] : []
  })
  return [...named.map(unit => ({ unit, old: null })), ...led]
}
