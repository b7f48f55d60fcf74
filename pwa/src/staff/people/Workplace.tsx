import { PlaceField } from '../../modules/places/PlaceField'
import { useWorkplaces } from '../places'
import { t } from '../text'

/** Where somebody works: a commune, a ward or an office. */
export const Workplace = ({ value, onChange, said }: { value: string; onChange: (code: string) => void; said?: string | undefined }) => (
  <PlaceField
    label={t.workplace}
    words={{ choose: t.chooseWorkplace, search: t.findWorkplace, found: t.foundPlaces, foundNone: t.foundNone, formerly: t.formerly, cancel: t.cancel }}
    places={useWorkplaces().all}
    value={value}
    onChange={code => code && onChange(code)}
    said={said}
  />
)
