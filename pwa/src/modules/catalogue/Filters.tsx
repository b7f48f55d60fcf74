import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Choices } from '../../core/ui'
import type { Audience, Filter } from './asked'
import type { Level } from './say'
import { t } from './text'

/** The filters, in the browser's own dialog: it holds the focus, and Escape closes it. */
export function Filters({ now, onDone }: { now: Filter; onDone: (next?: Filter) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const chosen = useSignal<Filter>({ field: now.field, audience: now.audience, level: now.level })
  const known = useAsk('filters', signal => api('GET /api/catalogue/filters', {}, signal)).value
  useEffect(() => dialog.current?.showModal(), [])
  const fields = (known?.fields.map(one => one.name) ?? [chosen.value.field]).filter(Boolean).sort((a, b) => a.localeCompare(b, 'vi'))
  // Closed by itself before it goes, it gives the focus back to the button that opened it.
  const wanted = useRef<Filter | undefined>(undefined)
  const close = (next?: Filter) => {
    wanted.current = next
    dialog.current?.close()
  }
  const set = (part: Partial<Filter>) => (chosen.value = { ...chosen.value, ...part })
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby="filters" onClose={() => onDone(wanted.current)} onClick={event => event.target === dialog.current && close()}>
      <form onSubmit={event => (event.preventDefault(), close(chosen.value))}>
        <h2 id="filters" tabIndex={-1} autofocus>{t.filterTitle}</h2>
        <Choices
          legend={t.handledAt}
          name="level"
          row
          value={chosen.value.level}
          onChange={level => set({ level })}
          of={[{ value: '', label: t.anywhere }, ...(['commune', 'province', 'central'] as Level[]).map(value => ({ value, label: t.level[value] }))]}
        />
        <Choices
          legend={t.forWhom}
          name="audience"
          row
          value={chosen.value.audience}
          onChange={audience => set({ audience })}
          of={[{ value: '', label: t.anyone }, ...(['citizen', 'business', 'organisation', 'foreigner'] as Audience[]).map(value => ({ value, label: t.audience[value] }))]}
        />
        <div class="field">
          <label for="field">{t.field}</label>
          <select class="input" id="field" value={chosen.value.field} onChange={event => set({ field: event.currentTarget.value })}>
            <option value="">{t.anyField}</option>
            {fields.map(one => (
              <option key={one} value={one} lang="vi">
                {one}
              </option>
            ))}
          </select>
        </div>
        <div class="buttons">
          <button class="button main" type="submit">
            {t.show}
          </button>
          <button class="button" type="button" onClick={() => close({ field: '', audience: '', level: '' })}>
            {t.clearFilters}
          </button>
        </div>
      </form>
    </dialog>
  )
}
