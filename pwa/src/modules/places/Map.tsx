import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Await, Icon } from '../../core/ui'
import { arrow } from '../../core/ui/icons'
import { draw, type Outline, WIDTH } from './geometry'
import { t } from './text'
import type { Unit } from './units'

/** The province as an outline to touch. Those who cannot see or touch it have the list below it, with the same units. */
export default function Map({ units, chosen }: { units: Unit[]; chosen: string }) {
  const outline = useAsk('places outline', signal => api('GET /api/places/outline', {}, signal))
  return <Await of={outline}>{value => <Drawing outline={value} units={units} chosen={chosen} />}</Await>
}

function Drawing({ outline, units, chosen }: { outline: Outline; units: Unit[]; chosen: string }) {
  const picked = useSignal(chosen)
  const { shapes, height } = draw(outline)
  const unit = units.find(one => one.code === picked.value)
  return (
    <figure class="map">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t.mapLabel} onClick={event => (picked.value = (event.target as Element).getAttribute('data-code') ?? picked.value)}>
        {shapes.map(({ code, path }) => (
          <path key={code} d={path} data-code={code} class={units.find(one => one.code === code)?.kind} />
        ))}
        {/* Once more on top, so that no neighbour covers its edge. */}
        {unit && <path class="picked" d={shapes.find(one => one.code === unit.code)?.path} />}
      </svg>
      <figcaption>
        {unit ? (
          <a class="button main" href={`/places/${unit.code}`} lang="vi">
            {unit.name}
            <Icon of={arrow} />
          </a>
        ) : (
          <p>{t.mapHint}</p>
        )}
        <p class="hint">{t.mapNote}</p>
      </figcaption>
    </figure>
  )
}
