/** The search without a line: over the list of titles that the phone keeps. */
import { api, type Reply } from '../../core/api'
import { folded, matcher } from '../../core/fold'
import type { Level, Summary } from './say'

type Outline = Reply<'GET /api/catalogue/outline'>
/** What the outline knows of a procedure, and what only the server knows. */
export type Hit = Pick<Summary, 'code' | 'title' | 'field' | 'levels' | 'in_force'> & Partial<Pick<Summary, 'time' | 'fee' | 'online'>>
type Entry = Hit & { text: string }

const bits: [number, Level][] = [
  [4, 'commune'],
  [2, 'province'],
  [1, 'central'],
]
let opened: Promise<{ entries: Entry[]; words: { said: string[]; codes: string[] }[] }> | undefined

async function open() {
  // Straight from the worker's box: asking through it would wait for the dead line once more.
  const copy = await globalThis.caches?.match('/api/catalogue/outline')
  const { fields, items, words }: Outline = copy ? await copy.json() : await api('GET /api/catalogue/outline', {})
  const entries = items.map(([code, title, field, levels, inForce]) => ({
    code,
    title,
    field: fields[field] ?? null,
    levels: bits.flatMap(([bit, level]) => (levels & bit ? [level] : [])),
    in_force: !!inForce,
    text: folded(`${title} ${code}`),
  }))
  // What people look for first is at their commune and in force; the sort keeps the server's order otherwise.
  const weight = (one: Entry) => (one.in_force ? 0 : 4) + (one.levels[0] === 'commune' ? 0 : one.levels[0] === 'province' ? 1 : 2)
  entries.sort((a, b) => weight(a) - weight(b))
  return { entries, words: words.map(([said, codes]) => ({ said: said.map(one => folded(one).trim()), codes })) }
}

/** Procedures said in everyday words come first, then those whose title has every word. */
export async function searchOutline(query: string, field: string, level: Level | ''): Promise<Hit[]> {
  opened ??= open()
  opened.catch(() => (opened = undefined))
  const { entries, words } = await opened
  const asked = folded(query).trim()
  const meant = words.flatMap(({ said, codes }) => (said.some(one => ` ${asked} `.includes(` ${one} `) || (asked.length > 2 && one.startsWith(asked))) ? codes : []))
  // "sổ đỏ, xây nhà" asks for the one or the other.
  const wanted = query.split(',').map(matcher)
  const found = [...meant.flatMap(code => entries.filter(one => one.code === code)), ...entries.filter(one => wanted.some(matches => matches(one.text)))]
  return [...new Set(found)].filter(one => (!field || one.field === field) && (!level || one.levels.includes(level)))
}
