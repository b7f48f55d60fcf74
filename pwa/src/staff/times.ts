/** Instants as people who work with deadlines read them, by the province's clock. */
import { here } from '../core/api'
import { day } from '../core/text'
import { t } from './text'

export { moment } from '../core/moment'

const DAY = 86_400_000
const AHEAD = 7 * 3_600_000

/** A moment of the province's clock, as the browser's field for one wants it, and back. */
export const toField = (iso: string | null) => (iso ? new Date(Date.parse(iso) + AHEAD).toISOString().slice(0, 16) : '')
export const fromField = (value: string) => (value ? `${value}:00+07:00` : null)

/** The last day of a deadline, which ends with it: the instant itself already belongs to the next one. */
export const lastDay = (iso: string) => day(new Date(Date.parse(iso) - 1000).toISOString())

/** How much time is left, in whole days; below zero when it is over. */
export function daysLeft(iso: string) {
  const left = here(iso) - Date.now()
  return left > 0 ? Math.ceil(left / DAY) - 1 : -Math.floor(-left / DAY) - 1
}

export function timeLeft(iso: string) {
  const days = daysLeft(iso)
  return days < 0 ? t.overdueBy(-days) : days === 0 ? t.dueToday : t.daysLeft(days)
}
