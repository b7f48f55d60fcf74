import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import type { ComponentChildren } from 'preact'
import { useDraft } from '../../core/draft'
import { Icon } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { useDeed } from '../deed'
import { Find } from '../Find'
import { plus } from '../icons'
import { usePages } from '../pages'
import { Field, Finish, Nothing, Pages, Panel, Said, Screen } from '../ui'
import { t } from './text'

type Entry = { id: string; version: number }
type List = keyof typeof t.lists
export type Leaving = { leave: () => void; done: () => void }

const lists = ['words', 'rewrites', 'questions'] as const
const at = (list: List) => (list === 'words' ? '/staff/words' : `/staff/words/${list}`)

export const lines = (text: string) => text.split('\n').map(one => one.trim()).filter(Boolean)
export const codesOf = (procedures: { code: string }[]) => procedures.map(({ code }) => code)
export const matching = (one: Entry) => ({ headers: { 'If-Match': `"${one.version}"` } })

type Props<T> = {
  list: List
  ask: (asked: { q: string; limit: number; cursor: string | null }, signal?: AbortSignal) => Promise<{ items: T[]; next_cursor: string | null }>
  blank: (id: string) => T
  name: (one: T) => string
  leads: (one: T) => string[]
  edit: (one: T, leaving: Leaving) => ComponentChildren
}
/** One of the lists by which the search understands: what is said, and where it leads. */
export function Entries<T extends Entry>({ list, ask, blank, name, leads, edit }: Props<T>) {
  const { query } = useLocation()
  const { q = '' } = query as { q?: string }
  const found = usePages<T>(`${list} ${q}`, (cursor, signal) => ask({ q, limit: 50, cursor }, signal))
  const open = useSignal<T>()
  return (
    <Screen
      title={t.title}
      lead={t.lead}
      narrow
      actions={
        <button class="button main" type="button" onClick={() => (open.value = blank(crypto.randomUUID()))}>
          <Icon of={plus} />
          {t.add}
        </button>
      }
    >
      <nav class="lists" aria-label={t.title}>
        {lists.map(one => (
          <a key={one} href={at(one)} aria-current={one === list ? 'page' : undefined}>
            {t.lists[one]}
          </a>
        ))}
      </nav>
      <Find key={list} at={at(list)} q={q} label={t.find} />
      <Pages
        of={found}
        empty={
          <Nothing title={t.nothing}>
            <p>{t.nothingText}</p>
          </Nothing>
        }
      >
        {entries => (
          <Panel title={t.lists[list]}>
            <ul class="acts" lang="vi">
              {entries.map(one => (
                <li key={one.id}>
                  <p>
                    <strong>{name(one)}</strong>
                    <span class="hint">{leads(one).join(' · ')}</span>
                  </p>
                  <button class="button" type="button" onClick={() => (open.value = one)}>
                    <span lang={document.documentElement.lang}>{t.edit}</span>
                    <span class="unseen">{` ${name(one)}`}</span>
                  </button>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </Pages>
      {open.value && edit(open.value, { leave: () => (open.value = undefined), done: found.again })}
    </Screen>
  )
}

type Typed = Record<string, string>
type Editing<F extends Typed> = Leaving & {
  list: List
  of: Entry
  begin: F
  /** The first of them is what is said. */
  fields: [name: keyof F & string, label: string, hint: string, rows: number][]
  save: (now: F) => Promise<unknown>
  remove: () => Promise<unknown>
}
/** One of its entries as it is typed: kept until it is saved or taken away. */
export function Edit<F extends Typed>({ list, of: one, begin, fields, save, remove, leave, done }: Editing<F>) {
  const draft = useDraft<F>(`${list} ${one.version ? one.id : 'new'}`)
  const now = draft.value ?? begin
  const { busy, said, run } = useDeed()
  const after = (close: () => void, deed: () => Promise<unknown>) =>
    run(async () => {
      await deed()
      draft.value = undefined
      close()
      done()
    })
  return (
    <Sheet title={one.version ? t.change : t.add} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void after(close, () => save(now)))}>
          {fields.map(([name, label, hint, rows], at) => (
            <Field key={name} label={label} hint={hint}>
              {is => {
                const typed = { ...is, class: 'input', lang: 'vi', required: at === 0, value: now[name], onInput: (event: { currentTarget: { value: string } }) => (draft.value = { ...now, [name]: event.currentTarget.value }) }
                return rows > 1 ? <textarea {...typed} rows={rows} /> : <input {...typed} maxLength={100} />
              }}
            </Field>
          ))}
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.save} leave={close}>
            {one.version > 0 && (
              <button class="button bad" type="button" disabled={busy.value} onClick={() => void after(close, remove)}>
                {t.remove}
              </button>
            )}
          </Finish>
        </form>
      )}
    </Sheet>
  )
}
