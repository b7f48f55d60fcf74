import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useAsk } from '../../core/ask'
import { Icon } from '../../core/ui'
import { close } from '../../core/ui/icons'
import { allUnits, find } from '../../modules/places/units'
import { why } from '../deed'
import { Field } from '../ui'
import { t } from './text'

/** Which communes: found by a name of today or of the past, which leads to what took its place. */
export function Communes({ value, onChange, said }: { value: string[]; onChange: (codes: string[]) => void; said?: string | undefined }) {
  const asked = useAsk('all units', allUnits)
  const units = asked.value ?? []
  const typed = useSignal('')
  useEffect(() => void (typed.value = ''), [value.length])
  const found = typed.value.trim() ? find(units, typed.value).filter(({ unit }) => !value.includes(unit.code)) : []
  const add = (code: string) => onChange([...value, code])
  // Chosen before the communes were here: it waits for them.
  const entered = useSignal(false)
  useEffect(() => {
    if (entered.value && found[0]) add(found[0].unit.code)
    entered.value = false
  }, [asked.value])
  return (
    <>
      <Field label={t.find} said={typed.value && asked.failed && !asked.value ? why(asked.failed) : said}>
        {is => (
          <input
            {...is}
            class="input"
            type="search"
            autocomplete="off"
            maxLength={100}
            value={typed.value}
            onInput={event => {
              typed.value = event.currentTarget.value
              entered.value = false
            }}
            onKeyDown={event => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              if (found[0]) add(found[0].unit.code)
              entered.value = !asked.value
              if (asked.failed) asked.again()
            }}
          />
        )}
      </Field>
      {typed.value.trim() && (
        <ul class="buttons" aria-live="polite">
          {found.slice(0, 6).map(({ unit, old }) => (
            <li key={unit.code}>
              <button class="button" type="button" onClick={() => add(unit.code)}>
                <span lang="vi">{unit.name}</span>
                {old && <small>{t.formerly(old)}</small>}
              </button>
            </li>
          ))}
          {units.length > 0 && found.length === 0 && <li class="hint">{t.noneFound}</li>}
        </ul>
      )}
      {value.length > 0 && (
        <ul class="buttons">
          {value.map(code => {
            const name = units.find(one => one.code === code)?.name ?? code
            return (
              <li key={code}>
                <button class="button chosen-place" type="button" onClick={() => onChange(value.filter(one => one !== code))}>
                  <span lang="vi" aria-hidden="true">
                    {name}
                  </span>
                  <span class="unseen">{t.remove(name)}</span>
                  <Icon of={close} />
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </>
  )
}
