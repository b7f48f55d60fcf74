import { useAsk } from '../../core/ask'
import { home } from '../../core/preferences'
import { PlaceField } from '../places/PlaceField'
import { allUnits } from '../places/units'
import { t } from './text'

/** News of any commune, found by its name of today or of the past; one's own stands first. */
export function Where({ value, choose }: { value: string; choose: (commune: string) => void }) {
  const units = useAsk('units', allUnits).value ?? []
  return <PlaceField label={t.where} words={{ ...t.places, none: t.province }} places={units} value={value || null} first={home.value?.code} onChange={code => choose(code ?? '')} />
}
