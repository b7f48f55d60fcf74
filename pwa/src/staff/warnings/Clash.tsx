import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { allUnits } from '../../modules/places/units'
import { Conflict } from '../ui'
import { type Draft, levelOf } from './draft'
import { t } from './text'

type Props = { there: Draft; here: Draft; busy: boolean; keep: () => void; take: () => void }

/** Field by field what a colleague has saved, and what is typed here, where they differ. */
export function Clash({ there, here, busy, keep, take }: Props) {
  const units = useAsk('all units', allUnits).value ?? []
  const name = (code: string) => units.find(one => one.code === code)?.name ?? code
  const flat = (of: Draft) => [
    [t.issue, t[of.clears ? 'all-clear' : 'update-warning']] as const,
    [t.kind, t.kinds[of.kind]] as const,
    [t.level, levelOf(of.kind, of.level)] as const,
    [t.begins, of.begins_at ? moment(of.begins_at) : ''] as const,
    [t.endsAt, of.ends_at ? moment(of.ends_at) : ''] as const,
    [t.where, of.everywhere ? t.everywhere : of.communes.map(name).join(', ')] as const,
    ...(['vi', 'en', 'km'] as const).flatMap(code => {
      const said = of[code]
      const parts = [
        [t.headline, said?.headline],
        [t.what, said?.what],
        [t.steps, said?.steps?.join(' · ')],
      ] as const
      return parts.map(([label, text]) => [`${label} (${t.languages[code]})`, text ?? ''] as const)
    }),
    [t.source, of.source] as const,
  ]
  const mine = flat(here)
  return <Conflict busy={busy} fields={flat(there).map(([label, text], i) => [label, text, mine[i]![1]])} keep={keep} take={take} />
}
