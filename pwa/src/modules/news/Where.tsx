import type { ComponentChildren } from 'preact'
import { useAsk } from '../../core/ask'
import { home } from '../../core/preferences'
import { PlaceField } from '../places/PlaceField'
import { allUnits } from '../places/units'
import { t } from './text'

type Props = { value: string; choose: (commune: string) => void; children: ComponentChildren }
/** News of any commune, found by its name of today or of the past; one's own stands first. In its place its `children`, until it is known what the chosen one is called. */
export function Where({ value, choose, children }: Props) {
  const units = useAsk('units', allUnits)
  if (value && !units.value && !units.failed) return <>{children}</>
  return <PlaceField label={t.where} words={{ ...t.places, none: t.province }} places={units.value ?? []} value={value || null} first={home.value?.code} onChange={code => choose(code ?? '')} />
}
