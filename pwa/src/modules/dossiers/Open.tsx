import { useAsk } from '../../core/ask'
import { mine } from '../../core/preferences'
import { language } from '../../core/text'
import { fetchMine, inTurn } from './mine'
import { OwnRow } from './OwnRow'
import { t } from './text'

/** On the first screen, for whoever is signed in: what is under way, or ready to be collected; as last known without a line. */
export function Open() {
  useAsk(`mine ${language.value}`, fetchMine)
  const open = mine.value?.of.items.filter(({ standing }) => standing.clock !== 'over' || standing.status === 'done') ?? []
  if (!open.length) return null
  return (
    <section class="section">
      <h2>{t.mine}</h2>
      <ul class="card rows">
        {inTurn(open).slice(0, 3).map(one => (
          <OwnRow key={one.standing.code} of={one} lang={mine.value!.lang} />
        ))}
      </ul>
    </section>
  )
}
