/** Instants as people who work with deadlines read them, by the province's clock. */
import { here } from '../core/api'
import { day, language } from '../core/text'
import { t } from './text'

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** "14:05 25/11/2026" */
export function moment(iso: string) {
  const tag = language.value === 'en' ? 'en-GB' : 'vi'
  let format = formats.get(tag)
  if (!format) formats.set(tag, (format = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'Asia/Ho_Chi_Minh' })))
  const part = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]))
  return `${part.hour}:${part.minute} ${part.day}/${part.month}/${part.year}`
}

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
