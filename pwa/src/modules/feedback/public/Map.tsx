import { useSignal } from '@preact/signals'
import { api } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { Await } from '../../../core/ui'
import ClusterMap, { type Look } from '../ClusterMap'
import { type Narrowed, Near, Newest } from './Public'
import { t } from './text'

/** Degrees that are seen from where single reports are worth asking for. */
const NEAR = 0.3

/** The whole province in one reply; what lies near the middle of the map stands below it. */
export default function Map({ standing, category }: Narrowed) {
  const counted = useAsk(`public map ${category}`, signal => api('GET /api/feedback/public/map', { category: category || null }, signal))
  const at = useSignal<Look>()
  const close = at.value && at.value.seen < NEAR ? ([round(at.value.lat), round(at.value.lon)] as [number, number]) : undefined
  return (
    <Await of={counted}>
      {({ lat, lon, open, fixed, closed, placeless }) => {
        const count = (i: number) => ({ all: open[i]! + fixed[i]! + closed[i]!, open: open[i]!, fixed: fixed[i]!, closed: closed[i]! })[standing]
        const spots = lat.map((_, i) => ({ lat: lat[i]! / 1000, lon: lon[i]! / 1000, count: count(i), open: standing === 'all' || standing === 'open' ? open[i]! : 0 })).filter(one => one.count)
        return (
          <>
            <ClusterMap spots={spots} words={t} look={now => (at.value = now)} />
            <p class="hint">
              {t.mapHint} {placeless > 0 && t.placeless(placeless)}
            </p>
            <h2>{close ? t.around : t.newest}</h2>
            {close ? <Near at={close} standing={standing} category={category} /> : <Newest standing={standing} category={category} />}
          </>
        )
      }}
    </Await>
  )
}

/** Small steps of the map ask nothing anew. */
const round = (degrees: number) => Math.round(degrees * 200) / 200
