import { here } from '../../core/api'
import { Icon } from '../../core/ui'
import { clock, warning } from '../../core/ui/icons'
import { moment } from '../times'
import { t } from './text'

const MINUTE = 60_000

/** Until when, and how much of it is left: hours and minutes, for these limits are short. */
export function Left({ due, warn, late }: { due: string | null; warn: string | null; late: boolean }) {
  if (!due) return null
  const left = here(due) - Date.now()
  const minutes = Math.floor(Math.abs(left) / MINUTE)
  const [h, m, days] = [Math.floor(minutes / 60), minutes % 60, Math.floor(minutes / 1440)]
  const over = late || left < 0
  const soon = !over && (!warn || here(warn) < Date.now())
  const words = days > 1 ? (over ? t.daysOver(days) : t.daysLeft(days)) : over ? t.over(h, m) : t.left(h, m)
  return (
    <span class="due">
      <span>{moment(due)}</span>
      <span class={over ? 'tag bad' : soon ? 'tag warn' : 'tag'}>
        <Icon of={over || soon ? warning : clock} />
        {words}
      </span>
    </span>
  )
}
