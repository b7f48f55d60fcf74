import { moment } from '../../../core/moment'
import { province } from '../../../core/province'
import { grouped } from '../../../core/text'
import { Note } from '../../../core/ui'
import { t as dossiers } from '../text'
import type { Whole } from '../mine'
import { t } from './text'

/** What the person must do now: exactly what, why, until when, and one button that leads there. */
export function Duty({ of, says, lang }: { of: NonNullable<Whole['duty']>; says: string | null; lang: string }) {
  const where = { pay: '/payments', office: '/places?offices', portal: province.portal.url, place: `/places/${of.place}`, result: '#result', procedure: `/procedures/${of.procedure}` }
  return (
    <Note tone={of.silence ? 'bad' : 'warn'} title={dossiers.yours}>
      {says && <p lang={lang}>{says}</p>}
      {of.papers.length > 0 && (
        <>
          <p class="strong">{t.papers}</p>
          <ul class="asked" lang="vi">
            {of.papers.map(paper => (
              <li key={paper}>{paper}</li>
            ))}
          </ul>
        </>
      )}
      {of.amount !== null && <p class="strong">{t.amount(grouped(of.amount))}</p>}
      {(of.reason || of.guidance) && (
        <p>
          {t.asked}: <span lang="vi">{[of.reason, of.guidance].filter(Boolean).join('. ')}</span>
        </p>
      )}
      {of.by && !of.silence && <p class="strong">{t.by(moment(of.by))}</p>}
      {of.go && (
        <a class="button main full" href={where[of.go]} {...(of.go === 'portal' ? { target: '_blank', rel: 'noreferrer' } : {})}>
          {t.go[of.go]}
          {of.go === 'office' && (
            <span class="hint" lang="vi">
              {of.office}
            </span>
          )}
          {of.go === 'portal' && <span class="unseen"> ({t.leaves})</span>}
        </a>
      )}
      {of.go === 'pay' && of.place && (
        <a class="button full" href={where.place}>
          {t.go.place}
        </a>
      )}
    </Note>
  )
}
