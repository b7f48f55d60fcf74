/** Values of the catalogue in words. */
import type { Reply } from '../../core/api'
import { grouped } from '../../core/text'
import { t } from './text'

export type Procedure = Reply<'GET /api/catalogue/procedures/{code}'>
export type Summary = Reply<'GET /api/catalogue/procedures'>['items'][number]
export type Level = Procedure['levels'][number]
type Time = NonNullable<Procedure['time']>

export const time = ({ value, unit }: Time) => (unit === 'hour' ? t.hours(value) : unit === 'day' ? t.days(value) : t.workingDays(value))
export const fee = (amount: number) => (amount ? t.dong(grouped(amount)) : t.free)
export const levels = (all: Level[]) => all.map(one => t.level[one]).join('; ')

/** A title in a list: without an aside that names every case, over which some run to twelve lines. The screen shows all of it. */
export const short = (title: string) => title.replace(/ *\([^()]{40,}\)/g, '')
