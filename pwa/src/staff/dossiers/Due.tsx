import type { Reply } from '../../core/api'
import { Icon } from '../../core/ui'
import { clock, warning } from '../../core/ui/icons'
import { moment } from '../times'
import { t } from './text'

type Clock = Reply<'GET /api/dossiers/desk/{dossier_id}'>['clock']

/** By when, and how much of that is left. */
export const Due = ({ at, clock: one }: { at: string | null; clock: Clock }) => (
  <span class="due">
    {at && <span>{moment(at)}</span>}
    <Left of={one} />
  </span>
)

function Left({ of: { state, late, soon, days_left } }: { of: Clock }) {
  if (state === 'over') return null
  if (state !== 'running') return <span class={state === 'stopped' ? 'tag warn' : 'tag'}>{state === 'stopped' ? t.stopped : t.noDate}</span>
  if (days_left === null && !late) return null
  return (
    <span class={late ? 'tag bad' : soon ? 'tag warn' : 'tag'}>
      <Icon of={late || soon ? warning : clock} />
      {late ? t.late(-(days_left ?? 0)) : soon ? t.soon : t.left(days_left!)}
    </span>
  )
}
