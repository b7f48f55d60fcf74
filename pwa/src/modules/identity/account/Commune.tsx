import { home } from '../../../core/preferences'
import { PlaceField } from '../../places/PlaceField'
import type { Unit } from '../../places/units'
import { t as signing } from '../text'
import { t } from './text'

type Props = { units: Unit[]; value: string | null; onChange: (code: string | null) => void }
/** One commune or ward of the 64; the one that the phone calls home stands first. */
export const Commune = ({ units, value, onChange }: Props) => (
  <PlaceField
    label={t.commune}
    words={{ choose: t.chooseCommune, search: t.communeSearch, example: t.communeExample, found: t.found, foundNone: t.foundNone, formerly: t.formerly, none: t.noneOfThem, cancel: signing.cancel }}
    places={units}
    value={value}
    onChange={onChange}
    first={home.value?.code}
  />
)
