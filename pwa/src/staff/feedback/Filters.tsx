import { useSignal } from '@preact/signals'
import { keep, recall } from '../../core/memory'
import { useWorkplaces } from '../places'
import { useCategories } from './categories'
import { t } from './text'

export type Filter = { list: string; category: string; commune: string; view: string }
const same = (a: Filter, b: Filter) => a.list === b.list && a.category === b.category && a.commune === b.commune && a.view === b.view
export const address = ({ list, category, commune, view }: Filter) => {
  const query = new URLSearchParams(Object.entries({ list: list === 'open' ? '' : list, category, commune, view: view === 'map' ? view : '' }).filter(([, value]) => value))
  return `/staff/reports${query.size ? `?${query}` : ''}`
}

/** What the lists are narrowed to; what is needed every day stays on this machine, one press away. */
export function Filters({ now, go }: { now: Filter; go: (next: Filter) => void }) {
  const places = useWorkplaces()
  const categories = useCategories()
  const kept = useSignal(recall<Filter[]>('report-filters') ?? [])
  const set = (filters: Filter[]) => keep('report-filters', (kept.value = filters))
  const name = (of: Filter) => [t.lists[of.list as keyof typeof t.lists], of.category && categories.name(of.category), of.commune && places.name(of.commune), of.view === 'map' && t.map].filter(Boolean).join(' · ')
  const plain = !now.category && !now.commune && now.view !== 'map'
  const there = kept.value.some(one => same(one, now))
  return (
    <>
      <div class="filters">
        <label class="field">
          <span>{t.category}</span>
          <select class="input" value={now.category} onChange={event => go({ ...now, category: event.currentTarget.value })}>
            <option value="">{t.anyCategory}</option>
            {categories.all.map(one => (
              <option key={one.slug} value={one.slug}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t.where}</span>
          <select class="input" value={now.commune} onChange={event => go({ ...now, commune: event.currentTarget.value })}>
            <option value="">{t.anyPlace}</option>
            {places.all
              .filter(one => !one.office)
              .map(one => (
                <option key={one.code} value={one.code} lang="vi">
                  {one.name}
                </option>
              ))}
          </select>
        </label>
        <button class="button" type="button" aria-pressed={now.view === 'map'} onClick={() => go({ ...now, view: now.view === 'map' ? '' : 'map' })}>
          {t.map}
        </button>
        {!plain && !there && (
          <button class="button" type="button" onClick={() => set([...kept.value.slice(-7), now])}>
            {t.keepFilter}
          </button>
        )}
      </div>
      {kept.value.length > 0 && (
        <ul class="kept-filters" aria-label={t.keptFilters}>
          {kept.value.map(one => (
            <li key={address(one)}>
              <a class="button" href={address(one)} aria-current={same(one, now) ? 'page' : undefined}>
                {name(one)}
              </a>
              <button class="button bare" type="button" aria-label={t.dropFilter(name(one))} onClick={() => set(kept.value.filter(it => it !== one))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
