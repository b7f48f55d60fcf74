import { api } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { draw, WIDTH } from '../../places/geometry'
import { t } from './text'

/** The communes it is about, on the outline of the province, which every phone has. Their names stand above it. */
export function Area({ codes, tone }: { codes: string[]; tone: string }) {
  const outline = useAsk('places outline', signal => api('GET /api/places/outline', {}, signal))
  if (!outline.value) return null
  const { shapes, height } = draw(outline.value)
  return (
    <svg class={`warning-map ${tone}`} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t.map}>
      {shapes.map(({ code, path }) => (
        <path key={code} d={path} class={codes.includes(code) ? 'struck' : undefined} />
      ))}
    </svg>
  )
}
