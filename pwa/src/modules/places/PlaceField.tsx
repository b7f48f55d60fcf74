import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Icon, Mixed } from '../../core/ui'
import { search } from '../../core/ui/icons'
import { Sheet } from '../../core/ui/Sheet'
import './place-field.css'
import { find, type Named } from './units'

type Words = {
  choose: string
  search: string
  example?: string
  found: (n: number) => string
  foundNone: string
  formerly: (name: string) => string
  none?: string
  cancel: string
}
type Props<P extends Named> = { label: string; words: Words; places: P[]; value: string | null; onChange: (code: string | null) => void; said?: string | undefined; first?: string | undefined }
/** One place of many, found by its name of today or an old one. `first` stands at the top as long as nothing is typed; with `words.none` there may be none. */
export function PlaceField<P extends Named>(props: Props<P>) {
  const { label, words, places, value, said } = props
  const open = useSignal(false)
  const id = useId()
  const chosen = places.find(one => one.code === value)
  return (
    <div class="field">
      <span class="strong" id={`${id}-label`}>
        {label}
      </span>
      <button class="input chosen" type="button" aria-labelledby={`${id}-label ${id}-now`} aria-haspopup="dialog" aria-describedby={said ? `${id}-said` : undefined} onClick={() => (open.value = true)}>
        <span id={`${id}-now`} lang={chosen ? 'vi' : undefined}>
          {chosen?.name ?? words.choose}
        </span>
        <Icon of={search} />
      </button>
      {said && (
        <p class="said" id={`${id}-said`}>
          {said}
        </p>
      )}
      {open.value && <Search {...props} onClose={() => (open.value = false)} />}
    </div>
  )
}

function Search<P extends Named>({ words, places, value, onChange, first, onClose }: Props<P> & { onClose: () => void }) {
  const typed = useSignal('')
  const found = find(places, typed.value).sort((a, b) => (typed.value ? 0 : Number(b.unit.code === first) - Number(a.unit.code === first)))
  return (
    <Sheet title={words.choose} onClose={onClose}>
      {close => {
        const choose = (code: string | null) => {
          onChange(code)
          close()
        }
        return (
          <>
            <div class="searchbox">
              <Icon of={search} />
              <input type="search" aria-label={words.search} placeholder={words.example ?? words.search} autocomplete="off" maxLength={100} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
            </div>
            <p class="hint" role="status">
              {found.length ? words.found(found.length) : words.foundNone}
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
                          <Mixed of={words.formerly} names={[old]} />
                        </span>
                      )}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <div class="buttons">
              {words.none && value && (
                <button class="button" type="button" onClick={() => choose(null)}>
                  {words.none}
                </button>
              )}
              <button class="button bare" type="button" onClick={close}>
                {words.cancel}
              </button>
            </div>
          </>
        )
      }}
    </Sheet>
  )
}
