import { Await } from '../../core/ui'
import type { Reply } from '../../core/api'
import type { Asked } from '../../core/ask'
import ClusterMap, { type Look } from '../../modules/feedback/ClusterMap'
import { t } from './text'

/** Of what is seen: so far around the middle lies what a circle there stands for. */
const AROUND = 1 / 5

/** Where the reports of the list are; the list below has those around its middle, so that a tap on a place leads to what lies there. */
export default function DeskMap({ of, narrow }: { of: Asked<Reply<'GET /api/feedback/desk/map'>>; narrow: (box: string) => void }) {
  const look = ({ lat, lon, seen, whole }: Look) => narrow(whole ? '' : [lat - seen * AROUND, lon - seen * AROUND, lat + seen * AROUND, lon + seen * AROUND].map(one => one.toFixed(5)).join())
  return (
    <Await of={of}>
      {({ lat, lon, open, more }) => (
        <div class="desk-map">
          <ClusterMap spots={lat.map((one, i) => ({ lat: one, lon: lon[i]!, count: 1, open: Number(open[i]) }))} words={t} look={look} />
          {more > 0 && <p class="hint">{t.notOnMap(more)}</p>}
        </div>
      )}
    </Await>
  )
}
