import { Icon } from '../../core/ui'
import { clock, warning } from '../../core/ui/icons'
import { lastDay, timeLeft } from '../times'

/** By when, and how much of that is left. */
export const Due = ({ at, overdue }: { at: string; overdue: boolean }) => (
  <span class="due">
    <span>{lastDay(at)}</span>
    <span class={overdue ? 'tag bad' : 'tag'}>
      <Icon of={overdue ? warning : clock} />
      {timeLeft(at)}
    </span>
  </span>
)
