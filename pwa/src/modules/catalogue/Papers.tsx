import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Checklist } from '../../core/storage'
import { stores, storesLater } from '../../core/stores'
import { Icon, Mixed, Note } from '../../core/ui'
import { print } from '../../core/ui/icons'
import type { Procedure } from './say'
import { t } from './text'

type Case = Procedure['cases'][number]
type Paper = Case['papers'][number]

/** The papers: those for everybody, and those of the situations the person says are theirs. Several may be true at once. */
export function Papers({ code, cases }: { code: string; cases: Case[] }) {
  const list = useSignal<Checklist>({ code, cases: [], ticked: [] })
  const all = useSignal(false)
  const known = useRef(Promise.resolve())
  useEffect(() => {
    if (list.value.code !== code) list.value = { code, cases: [], ticked: [] }
    known.current = storesLater()
      .then(({ checklists }) => checklists.get(code))
      .then(kept => {
        const { cases, ticked } = list.value
        // Whoever was faster than the database keeps what they ticked meanwhile.
        if (kept && list.value.code === code) list.value = { code, cases: [...new Set([...kept.cases, ...cases])], ticked: [...new Set([...kept.ticked, ...ticked])] }
      })
      .catch(() => {})
  }, [code])
  if (!cases.some(one => one.papers.length))
    return (
      <section class="section">
        <h2>{t.papers}</h2>
        <Note>{t.papersNone}</Note>
      </section>
    )

  const change = (next: Partial<Checklist>) => {
    list.value = { ...list.value, ...next }
    void known.current.then(async () => (await stores()).checklists.put(list.value)).catch(() => {})
  }
  const flip = (names: string[], name: string) => (names.includes(name) ? names.filter(one => one !== name) : [...names, name])
  const asked = cases.filter(one => one.situation)
  const shown = [...cases.filter(one => !one.situation), ...asked.filter(one => all.value || list.value.cases.includes(one.name!))]
  const needed = shown.flatMap(one => one.papers.filter(paper => !paper.advice).map(paper => id(one, paper)))
  const have = needed.filter(one => list.value.ticked.includes(one)).length

  return (
    <section class="section papers">
      <h2>{t.papers}</h2>
      {asked.length > 0 && (
        <fieldset class="choices no-print">
          <legend>{t.whichCase}</legend>
          <p class="hint">{t.whichCaseHint}</p>
          {asked.map(one => (
            <label key={one.name} class="choice">
              <input type="checkbox" checked={list.value.cases.includes(one.name!)} onChange={() => change({ cases: flip(list.value.cases, one.name!) })} />
              <span lang="vi">{plain(one.name!)}</span>
            </label>
          ))}
          <label class="choice">
            <input type="checkbox" checked={all.value} onChange={() => (all.value = !all.value)} />
            <span>{t.allCases}</span>
          </label>
        </fieldset>
      )}
      {needed.length > 0 && (
        <p class="progress" role="status">
          <progress value={have} max={needed.length} aria-hidden="true" />
          {have === needed.length ? t.allInHand : t.inHand(have, needed.length)}
        </p>
      )}
      {shown.map(one => (
        <div key={one.name ?? ''} class="case">
          {(shown.length > 1 || one.situation) && <h3 lang={one.name ? 'vi' : undefined}>{one.name ? plain(one.name) : t.forAll}</h3>}
          <ul>
            {one.papers.map(paper => (
              <PaperRow key={id(one, paper)} paper={paper} ticked={list.value.ticked.includes(id(one, paper))} onTick={() => change({ ticked: flip(list.value.ticked, id(one, paper)) })} />
            ))}
          </ul>
        </div>
      ))}
      {shown.some(one => one.papers.some(paper => paper.name.endsWith('…'))) && <p class="hint">{t.cut}</p>}
      {needed.length > 0 && (
        <div class="buttons no-print">
          <button class="button bare" type="button" onClick={() => window.print()}>
            <Icon of={print} />
            {t.printList}
          </button>
          <span class="hint">{t.kept}</span>
        </div>
      )}
    </section>
  )
}

const id = (one: Case, paper: Paper) => `${one.name ?? ''}|${paper.name}`
/** Headings as people read them: without "1.2)" in front and "gồm:" behind. */
const plain = (name: string) => name.replace(/^[\s(]*([\divx]+|[a-zđ]\d?)([.]\d+)*[.)]+\s*/iu, '').replace(/[,:]?\s*(hồ sơ )?(bao )?gồm( có)?\s*:?\s*$/iu, '')

function PaperRow({ paper, ticked, onTick }: { paper: Paper; ticked: boolean; onTick: () => void }) {
  const counts = [paper.originals ? t.originals(paper.originals) : '', paper.copies ? t.copies(paper.copies) : ''].filter(Boolean).join(', ')
  const text = (
    <span>
      <span lang="vi">{paper.name}</span>
      {(counts || paper.forms.length > 0) && !paper.advice && (
        <span class="paper-facts">
          {counts && <span>{counts}</span>}
          {paper.forms.map(form => (
            <span key={form}>
              <Mixed of={t.form} names={[form]} />
            </span>
          ))}
        </span>
      )}
    </span>
  )
  if (paper.advice)
    return (
      <li class="paper advice">
        <strong>{t.advice}:</strong> {text}
      </li>
    )
  return (
    <li>
      <label class="paper">
        <input type="checkbox" checked={ticked} onChange={onTick} />
        {text}
      </label>
    </li>
  )
}
