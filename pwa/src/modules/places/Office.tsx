import type { Reply } from '../../core/api'
import { Icon } from '../../core/ui'
import { clock, phone, pin } from '../../core/ui/icons'
import { t } from './text'

type OfficeReply = Reply<'GET /api/places/offices'>['items'][number]

export function Office({ of }: { of: OfficeReply }) {
  return (
    <li class="card office">
      <h3 lang="vi">{of.name}</h3>
      {of.note && <p lang="vi">{of.note}</p>}
      {of.address && (
        <p class="office-fact" lang="vi">
          <Icon of={pin} />
          {of.address}
        </p>
      )}
      {of.hours && (
        <p class="office-fact" lang="vi">
          <Icon of={clock} />
          {of.hours}
        </p>
      )}
      {of.fields.length > 0 && (
        <details class="hint">
          <summary>{t.handles(of.fields.length)}</summary>
          <p lang="vi">{of.fields.join(', ')}</p>
        </details>
      )}
      {(of.phone || of.lat !== null) && (
        <div class="buttons">
          {of.phone && (
            <a class="button main" href={`tel:${of.phone.replace(/[^+\d]/g, '')}`}>
              <Icon of={phone} />
              {t.call(of.phone)}
            </a>
          )}
          {of.lat !== null && of.lon !== null && (
            <a class="button" href={`https://www.google.com/maps/search/?api=1&query=${of.lat},${of.lon}`} target="_blank" rel="noreferrer">
              <Icon of={pin} />
              {t.way}
              <span class="unseen">({t.leaves})</span>
            </a>
          )}
        </div>
      )}
    </li>
  )
}
