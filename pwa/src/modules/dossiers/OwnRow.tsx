import { Row } from '../../core/ui'
import { folder, person, warning } from '../../core/ui/icons'
import { waits, type Own } from './mine'

/** One of somebody's own in a list: where it stands, and of what. */
export const OwnRow = ({ of, lang }: { of: Own; lang: string }) => (
  <Row href={`/dossiers/${of.standing.code}`} icon={of.owned === false ? person : waits(of) ? warning : folder} title={of.standing.name} lang={lang}>
    <span class="hint" lang={of.procedure ? 'vi' : undefined}>
      {of.procedure ?? of.standing.code}
    </span>
    {of.standing.silence && waits(of) && <span lang={lang}>{of.standing.yours}</span>}
  </Row>
)
