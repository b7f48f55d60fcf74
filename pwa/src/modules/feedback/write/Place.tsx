import { useAsk } from '../../../core/ask'
import { lazy } from '../../../core/screen'
import { PlaceField } from '../../places/PlaceField'
import { allUnits } from '../../places/units'
import { t } from './text'

const PinMap = lazy(() => import('./PinMap'))
type Props = { map: boolean; at: [lat: number, lon: number] | undefined; set: (lat: number, lon: number) => void; commune: string | null; choose: (code: string | null) => void }

/** The ways to a place without a fix: the map, and the list of communes. */
export default function Place({ map, at, set, commune, choose }: Props) {
  const units = useAsk('units', allUnits)
  const words = { choose: t.chooseCommune, search: t.searchCommune, found: t.found, foundNone: t.foundNone, formerly: t.formerly, none: t.noCommune, cancel: t.cancel }
  return (
    <>
      {map && <PinMap at={at} set={set} near={commune} />}
      {units.value && <PlaceField label={t.commune} words={words} places={units.value} value={commune} onChange={choose} />}
    </>
  )
}
