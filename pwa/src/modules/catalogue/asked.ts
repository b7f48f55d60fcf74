import type { Level, Procedure } from './say'

export type Audience = Procedure['audiences'][number]
export type Filter = { field: string; audience: Audience | ''; level: Level | ''; agency: string }
export const UNFILTERED: Filter = { field: '', audience: '', level: '', agency: '' }
/** What the search is asked, as the address of the screen says it. */
export type Asked = Filter & { q: string }

export const PAGE = 20

export const asked = (query: Record<string, string>): Asked => ({
  q: (query.q ?? '').trim(),
  field: query.field ?? '',
  audience: (query.audience ?? '') as Filter['audience'],
  level: (query.level ?? '') as Filter['level'],
  agency: query.agency ?? '',
})

/** One page of it, as the server is asked. */
export const page = ({ audience, level, ...rest }: Asked, cursor?: string) => ({ ...rest, audience: audience || null, level: level || null, limit: PAGE, cursor: cursor ?? null })
