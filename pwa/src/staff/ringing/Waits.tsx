import { moment } from '../../core/moment'
import { grouped } from '../../core/text'
import { t } from './text'

/** What some phones still wait for, and when the next of them are tried. */
export const Waits = ({ of, next }: { of: { why: string; devices: number }[]; next: string | null }) => (
  <>
    {of.map(one => (
      <p key={one.why} class="hint">
        {t.waits[one.why as keyof typeof t.waits]}: {grouped(one.devices)}
      </p>
    ))}
    {of.length > 0 && next && <p class="hint">{t.next(moment(next))}</p>}
  </>
)
