/** A warning as it is typed, and as the server keeps it. */
import type { Asked, Reply } from '../../core/api'
import { t } from './text'

export type Desk = Reply<'GET /api/news/alert-desk/{alert_id}'>
export type Draft = Asked<'PUT /api/news/alert-desk/{alert_id}'>['body']
export type Said = NonNullable<Draft['en']>
export type Kind = Draft['kind']

/** Grades of natural hazards go to 5 (Decision 18/2021), our own for the rest to 3; the server knows the same. */
export const hazards: Kind[] = ['storm', 'rain', 'tide', 'salinity', 'thunderstorm', 'sea', 'landslide', 'heat', 'forest-fire']
export const kinds: Kind[] = [...hazards, 'disease', 'animal-disease', 'scam', 'other']
export const highest = (kind: Kind) => (hazards.includes(kind) ? 5 : 3)
export const levelOf = (kind: Kind, n: number) => (hazards.includes(kind) ? t.hazard(n) : t.own(n))

/** The next whole hour, and so many after it. */
export function hours(from: number, long: number) {
  const first = Math.ceil(Date.now() / 3_600_000) + from
  return { begins_at: new Date(first * 3_600_000).toISOString(), ends_at: new Date((first + long) * 3_600_000).toISOString() }
}

/** As it is compared: the server writes an instant in its own way. */
export const timed = ({ begins_at, ends_at, ...rest }: Draft) => [begins_at && Date.parse(begins_at), ends_at && Date.parse(ends_at), rest]
