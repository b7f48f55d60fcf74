import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Choices } from '../../core/ui'
import { type Audience, type Filter, UNFILTERED } from './asked'
import type { Level } from './say'
import { t } from './text'

/** The filters, in the browser's own dialog: it holds the focus, and Escape closes it. */
export function Filters({ now, onDone }: { now: Filter; onDone: (next?: Filter) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const chosen = useSignal<Filter>({ field: now.field, audience: now.audience, level: now.level, agency: now.agency })
  const known = useAsk('filters', signal => api('GET /api/catalogue/filters', {}, signal)).value
  useEffect(() => dialog.current?.showModal(), [])
  const offered = (of: 'fields' | 'agencies', own: string) => (known?.[of].map(one => one.name) ?? [own]).filter(Boolean).sort((a, b) => a.localeCompare(b, 'vi'))
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
        <Select label={t.forWhom} id="audience" any={t.anyone} value={chosen.value.audience} onChange={audience => set({ audience: audience as Audience | '' })}>
          {(known?.audiences.map(one => one.name as Audience) ?? [chosen.value.audience || 'citizen']).map(one => (
            <option key={one} value={one}>
              {t.audience[one]}
            </option>
          ))}
        </Select>
        <Select label={t.field} id="field" any={t.anyField} value={chosen.value.field} onChange={field => set({ field })}>
          <Names of={offered('fields', chosen.value.field)} />
        </Select>
        <Select label={t.agency} id="agency" any={t.anyAgency} value={chosen.value.agency} onChange={agency => set({ agency })}>
          <Names of={offered('agencies', chosen.value.agency)} />
        </Select>
        <div class="buttons">
          <button class="button main" type="submit">
            {t.show}
          </button>
          <button class="button" type="button" onClick={() => close(UNFILTERED)}>
            {t.clearFilters}
          </button>
        </div>
      </form>
    </dialog>
  )
}

function Select({ label, id, any, value, onChange, children }: { label: string; id: string; any: string; value: string; onChange: (value: string) => void; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select class="input" id={id} value={value} onChange={event => onChange(event.currentTarget.value)}>
        <option value="">{any}</option>
        {children}
      </select>
    </div>
  )
}

const Names = ({ of }: { of: string[] }) => (
  <>
    {of.map(one => (
      <option key={one} value={one} lang="vi">
        {one}
      </option>
    ))}
  </>
)
