/** Where staff work: a commune or ward by its code, an office of the province by its slug. */
import { api } from '../core/api'
import { useAsk } from '../core/ask'
import { allUnits } from '../modules/places/units'

export type Workplace = { code: string; name: string; formerly: string[]; office: boolean }

async function all(): Promise<Workplace[]> {
  const [units, offices] = await Promise.all([allUnits(), api('GET /api/places/offices', { limit: 100 })])
  return [
    ...offices.items.filter(one => one.unit_code === null).map(({ id, name }) => ({ code: id, name, formerly: [], office: true })),
    ...units.map(({ code, name, formerly }) => ({ code, name, formerly, office: false })),
  ]
}

let asking: Promise<Workplace[]> | undefined
const once = () => (asking ??= all().catch(cause => {
  asking = undefined
  throw cause
}))

/** Public, the same for everybody, and small: asked once. */
export function useWorkplaces() {
  const asked = useAsk('workplaces', once)
  return { all: asked.value ?? [], name: (code: string) => asked.value?.find(one => one.code === code)?.name ?? code }
}
