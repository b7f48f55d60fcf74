import { useSignal } from '@preact/signals'
import { Field } from '../ui'
import type { Chosen } from './Limit'
import { t } from './text'

export type Received = { name: string; kind: 'original' | 'copy' | 'electronic'; count: number }
const kinds = ['original', 'copy', 'electronic'] as const
/** As long as the server takes. */
const whole = (name: string) => name.slice(0, 500)

/** The papers that the catalogue lists for the case, and what was handed in of them; others can be added. */
export function Papers({ of, case: chosen, papers, onChange }: { of: Chosen; case: string; papers: Received[]; onChange: (part: { case?: string; papers?: Received[] }) => void }) {
  const extra = useSignal('')
  const situations = of.cases.filter(one => one.situation)
  const listed = of.cases.filter(one => !one.situation || one.name === chosen).flatMap(one => one.papers.filter(paper => !paper.advice))
  const names = [...new Set([...listed.map(paper => whole(paper.name)), ...papers.map(paper => paper.name)])]
  const has = (name: string) => papers.find(paper => paper.name === name)
  const set = (name: string, kind: Received['kind'] | undefined) => {
    const others = papers.filter(paper => paper.name !== name)
    const count = listed.find(paper => whole(paper.name) === name)?.[kind === 'copy' ? 'copies' : 'originals'] ?? 1
    onChange({ papers: kind ? [...others, { name, kind, count: Math.min(Math.max(count, 1), 99) }] : others })
  }
  const usual = (name: string): Received['kind'] => {
    const paper = listed.find(one => whole(one.name) === name)
    return paper && !paper.originals && paper.copies ? 'copy' : 'original'
  }
  const add = () => {
    const name = extra.value.trim()
    if (name) set(name, 'original')
    extra.value = ''
  }
  return (
    <div class="form">
      {situations.length > 0 && (
        <Field label={t.caseOf}>
          {is => (
            <select {...is} class="input" value={chosen} onChange={event => onChange({ case: event.currentTarget.value })}>
              <option value="">{t.noCase}</option>
              {situations.map(({ name }) => (
                <option key={name} value={name!} lang="vi">
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <fieldset class="choices">
        <legend>{t.papers}</legend>
        <p class="hint">{names.length ? t.papersHint : t.noPapers}</p>
        {names.map(name => (
          <div key={name} class="paper-line">
            <label class="choice">
              <input type="checkbox" checked={!!has(name)} onChange={event => set(name, event.currentTarget.checked ? usual(name) : undefined)} />
              <span lang="vi">{name}</span>
            </label>
            {has(name) && (
              <select class="input kind" aria-label={t.kindOf(name)} value={has(name)!.kind} onChange={event => set(name, event.currentTarget.value as Received['kind'])}>
                {kinds.map(kind => (
                  <option key={kind} value={kind}>
                    {t.kinds[kind]}
                  </option>
                ))}
              </select>
            )}
          </div>
        ))}
      </fieldset>
      <Field label={t.otherPaper}>
        {is => (
          <div class="with-button">
            <input {...is} class="input" maxLength={500} value={extra.value} onInput={event => (extra.value = event.currentTarget.value)} onKeyDown={event => event.key === 'Enter' && (event.preventDefault(), add())} />
            <button class="button" type="button" onClick={add}>
              {t.addPaper}
            </button>
          </div>
        )}
      </Field>
    </div>
  )
}
