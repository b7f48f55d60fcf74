import type { Reply } from '../../core/api'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Icon, Note, Row } from '../../core/ui'
import { book, clock, download, pin } from '../../core/ui/icons'
import './news.css'
import { Picture, Pieces } from './Pieces'
import { t } from './text'

export type Whole = Reply<'GET /api/news/articles/{article_id}'>

/** An article as a phone shows it: for whoever reads it, and for whoever is still writing it and asks for another language. */
export const View = ({ of, asked = language.value }: { of: Whole; asked?: string }) => (
  <article class="article" lang={of.lang}>
    <p class="facts-line" lang={language.value}>
      <span class="tag">{t.categories[of.category]}</span>
      <span>{t.published(moment(of.published_at))}</span>
    </p>
    {of.corrected_at && (
      <Note tone="warn" title={<span lang={language.value}>{t.corrected(moment(of.corrected_at))}</span>}>
        {of.correction && <p lang="vi">{of.correction}</p>}
      </Note>
    )}
    {of.lang !== asked && (
      <p class="hint" lang={language.value}>
        {t.onlyVietnamese}
      </p>
    )}
    {of.cover && (
      <figure>
        <Picture file={of.cover.file} alt={of.cover.alt} files={of.files} first />
      </figure>
    )}
    {of.summary && <p class="article-lead">{of.summary}</p>}
    <When of={of} />
    <div class="article-text">
      <Pieces of={of.pieces} files={of.files} />
    </div>
    {of.documents.length > 0 && (
      <section class="section" lang={language.value}>
        <h2>{t.documents}</h2>
        <ul class="rows">
          {of.documents.map(one => (
            <Row key={one.file} href={`${of.files}/${one.file}`} icon={download} title={one.title} lang="vi">
              <span class="hint">PDF · {t.size(String(Math.ceil(one.size / 1000)))}</span>
            </Row>
          ))}
        </ul>
      </section>
    )}
    <p class="hint" lang={language.value}>
      {t.source}: <span lang="vi">{of.source}</span>
      {of.source_link && (
        <>
          {' · '}
          <a href={of.source_link} target="_blank" rel="noopener noreferrer">
            {t.sourceLink}
          </a>
        </>
      )}
    </p>
    {of.procedures.length > 0 && (
      <section class="section" lang={language.value}>
        <h2>{t.related}</h2>
        <ul class="rows">
          {of.procedures.map(one => (
            <Row key={one.code} href={`/procedures/${one.code}`} icon={book} title={one.title} lang="vi" />
          ))}
        </ul>
      </section>
    )}
  </article>
)

/** When it happens, and where. */
function When({ of }: { of: Whole }) {
  if (!of.starts_at && !of.ends_at && !of.communes.length) return null
  return (
    <dl class="article-when" lang={language.value}>
      {(of.starts_at || of.ends_at) && (
        <div>
          <Icon of={clock} />
          {of.starts_at && (
            <>
              <dt>{t.from}</dt>
              <dd>{moment(of.starts_at)}</dd>
            </>
          )}
          {of.ends_at && (
            <>
              <dt>{t.until}</dt>
              <dd>{moment(of.ends_at)}</dd>
            </>
          )}
        </div>
      )}
      {of.communes.length > 0 && (
        <div>
          <Icon of={pin} />
          <dt class="unseen">{t.place}</dt>
          <dd lang="vi">{of.communes.map(one => one.name).join(', ')}</dd>
        </div>
      )}
    </dl>
  )
}
