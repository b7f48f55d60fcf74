import { Row } from '../../core/ui'
import { folder, person, warning } from '../../core/ui/icons'
import type { Own } from './mine'

/** One of somebody's own in a list: where it stands, and of what. */
export const OwnRow = ({ of: { standing, procedure, owned }, lang }: { of: Own; lang: string }) => (
  <Row href={`/dossiers/${standing.code}`} icon={owned === false ? person : standing.yours && standing.clock !== 'over' ? warning : folder} title={standing.name} lang={lang}>
    <span class="hint" lang={procedure ? 'vi' : undefined}>
      {procedure ?? standing.code}
    </span>
  </Row>
)
