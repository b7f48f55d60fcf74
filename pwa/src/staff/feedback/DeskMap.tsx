import { Await } from '../../core/ui'
import type { Reply } from '../../core/api'
import type { Asked } from '../../core/ask'
import ClusterMap from '../../modules/feedback/ClusterMap'
import { t } from './text'

/** Where the reports of the list are. */
export default function DeskMap({ of }: { of: Asked<Reply<'GET /api/feedback/desk/map'>> }) {
  return (
    <Await of={of}>
      {({ lat, lon, open, more }) => (
        <div class="desk-map">
          <ClusterMap spots={lat.map((one, i) => ({ lat: one, lon: lon[i]!, count: 1, open: Number(open[i]) }))} words={t} look={() => {}} />
          {more > 0 && <p class="hint">{t.notOnMap(more)}</p>}
        </div>
      )}
    </Await>
  )
}
