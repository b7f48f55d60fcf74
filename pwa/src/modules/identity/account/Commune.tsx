import { useSignal } from '@preact/signals'
import { home } from '../../../core/preferences'
import { Icon, Mixed } from '../../../core/ui'
import { search } from '../../../core/ui/icons'
import { find, type Unit } from '../../places/units'
import { Sheet } from '../Sheet'
import { t as signing } from '../text'
import { t } from './text'

type Props = { units: Unit[]; value: string | null; onChange: (code: string | null) => void }
/** One commune or ward of the 64, found by its new name or an old one. */
export function Commune({ units, value, onChange }: Props) {
  const open = useSignal(false)
  const chosen = units.find(one => one.code === value)
  return (
    <div class="field">
      <span class="strong" id="commune">
        {t.commune}
      </span>
      <button class="input chosen" type="button" aria-labelledby="commune commune-now" aria-haspopup="dialog" onClick={() => (open.value = true)}>
        <span id="commune-now" lang={chosen ? 'vi' : undefined}>
          {chosen?.name ?? t.chooseCommune}
        </span>
        <Icon of={search} />
      </button>
      {open.value && <Search units={units} value={value} onChange={onChange} onClose={() => (open.value = false)} />}
    </div>
  )
}

function Search({ units, value, onChange, onClose }: Props & { onClose: () => void }) {
  const typed = useSignal('')
  // The place the phone calls home stands first, as long as nothing is typed.
  const found = find(units, typed.value).sort((a, b) => (typed.value ? 0 : Number(b.unit.code === home.value?.code) - Number(a.unit.code === home.value?.code)))
  return (
    <Sheet title={t.chooseCommune} onClose={onClose}>
      {close => {
        const choose = (code: string | null) => {
          onChange(code)
          close()
        }
        return (
          <>
            <div class="searchbox">
              <Icon of={search} />
              <input type="search" aria-label={t.communeSearch} placeholder={t.communeExample} autocomplete="off" maxLength={100} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
            </div>
            <p class="hint" role="status">
              {found.length ? t.found(found.length) : t.foundNone}
            </p>
            <ul class="rows picks">
              {found.map(({ unit, old }) => (
                <li key={unit.code}>
                  <button class="row" type="button" aria-pressed={unit.code === value} onClick={() => choose(unit.code)}>
                    <span class="row-text">
                      <span class="row-title" lang="vi">
                        {unit.name}
                      </span>
                      {old && (
                        <span class="hint">
                          <Mixed of={t.formerly} names={[old]} />
                        </span>
                      )}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <div class="buttons">
              {value && (
                <button class="button" type="button" onClick={() => choose(null)}>
                  {t.noneOfThem}
                </button>
              )}
              <button class="button bare" type="button" onClick={close}>
                {signing.cancel}
              </button>
            </div>
          </>
        )
      }}
    </Sheet>
  )
}
