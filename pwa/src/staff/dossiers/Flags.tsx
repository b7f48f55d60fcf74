import type { Reply } from '../../core/api'
import { t } from './text'

type Flag = Reply<'GET /api/dossiers/desk/elsewhere'>['items'][number]['flags'][number]

/** What is remarkable about what another system reported. */
export const Flags = ({ of }: { of: Flag[] }) =>
  of.length > 0 && (
    <span class="flags">
      {of.map(flag => (
        <span key={flag} class="tag warn">
          {t.flags[flag as keyof typeof t.flags]}
        </span>
      ))}
    </span>
  )
