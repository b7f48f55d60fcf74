import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { folded, matcher } from '../../core/fold'
import { Icon, Mixed } from '../../core/ui'
import { search } from '../../core/ui/icons'
import { Sheet } from '../../modules/identity/Sheet'
import { useWorkplaces } from '../places'
import { t } from '../text'

/** One of the communes, wards and offices, found by its name of today or an old one. */
export function Workplace({ value, onChange, said }: { value: string; onChange: (code: string) => void; said?: string | undefined }) {
  const { all, name } = useWorkplaces()
  const open = useSignal(false)
  const typed = useSignal('')
  const id = useId()
  const matches = matcher(typed.value)
  const found = all.flatMap(place => {
    if (matches(folded(place.name))) return [{ place, old: '' }]
    const old = place.formerly.find(one => matches(folded(one)))
    return old ? [{ place, old }] : []
  })
  return (
    <div class="field">
      <span class="label" id={`${id}-label`}>
        {t.workplace}
      </span>
      <button class="input chosen" type="button" aria-labelledby={`${id}-label ${id}-now`} aria-haspopup="dialog" aria-describedby={said ? `${id}-said` : undefined} onClick={() => ((typed.value = ''), (open.value = true))}>
        <span id={`${id}-now`} lang={value ? 'vi' : undefined} class={value ? undefined : 'hint'}>
          {value ? name(value) : t.chooseWorkplace}
        </span>
        <Icon of={search} />
      </button>
      {said && (
        <p class="said" id={`${id}-said`}>
          {said}
        </p>
      )}
      {open.value && (
        <Sheet title={t.chooseWorkplace} onClose={() => (open.value = false)}>
          {close => (
            <>
              <div class="searchbox">
                <Icon of={search} />
                <input type="search" aria-label={t.findWorkplace} placeholder={t.findWorkplace} autocomplete="off" maxLength={80} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
              </div>
              <p class="hint" role="status">
                {found.length ? t.foundPlaces(found.length) : t.foundNone}
              </p>
              <ul class="rows picks">
                {found.map(({ place, old }) => (
                  <li key={place.code}>
                    <button class="row" type="button" aria-pressed={place.code === value} onClick={() => (onChange(place.code), close())}>
                      <span class="row-text">
                        <span class="row-title" lang="vi">
                          {place.name}
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
            </>
          )}
        </Sheet>
      )}
    </div>
  )
}
