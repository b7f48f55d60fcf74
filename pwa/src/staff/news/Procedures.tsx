import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../../core/api'
import { Icon } from '../../core/ui'
import { close } from '../../core/ui/icons'
import { Field } from '../ui'
import { t } from './text'

const PAUSE = 250
type Hit = { code: string; title: string }

/** Which procedures belong to it: found as people say them. */
export function FindProcedure({ chosen, said, onChange }: { chosen: string[]; said: string | undefined; onChange: (codes: string[]) => void }) {
  const typed = useSignal('')
  const hits = useSignal<Hit[]>([])
  const titles = useSignal<Record<string, string>>({})
  const know = (more: Hit[]) => (titles.value = { ...titles.peek(), ...Object.fromEntries(more.map(one => [one.code, one.title])) })
  useEffect(() => {
    for (const code of chosen) if (!titles.peek()[code]) api('GET /api/catalogue/procedures/{code}', { code }).then(({ title }) => know([{ code, title }]), () => {})
  }, [chosen])
  useEffect(() => {
    const q = typed.value.trim()
    if (q.length < 2) return void (hits.value = [])
    const stop = new AbortController()
    const later = setTimeout(() => {
      api('GET /api/catalogue/procedures', { q, limit: 6 }, stop.signal).then(page => (hits.value = page.items.filter(one => !chosen.includes(one.code))), () => {})
    }, PAUSE)
    return () => {
      clearTimeout(later)
      stop.abort()
    }
  }, [typed.value])
  return (
    <>
      {chosen.length > 0 && (
        <ul class="chips">
          {chosen.map(code => (
            <li key={code}>
              <button class="button" type="button" aria-label={t.takeAway(titles.value[code] ?? code)} onClick={() => onChange(chosen.filter(one => one !== code))}>
                <span lang="vi">{titles.value[code] ?? code}</span>
                <Icon of={close} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Field label={t.findProcedure} said={said}>
        {is => <input {...is} class="input" type="search" autocomplete="off" maxLength={200} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />}
      </Field>
      {hits.value.length > 0 && (
        <ul class="rows quiet">
          {hits.value.map(hit => (
            <li key={hit.code}>
              <button
                class="row"
                type="button"
                onClick={() => {
                  know([hit])
                  typed.value = ''
                  onChange([...chosen, hit.code].slice(0, 10))
                }}
              >
                <span class="row-text">
                  <span class="row-title" lang="vi">
                    {hit.title}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
