import { type ComponentChildren, h } from 'preact'
import type { Reply } from '../../core/api'

export type Piece = Reply<'GET /api/news/articles/{article_id}'>['pieces'][number]

/** What may be drawn, whatever the server says. */
const tags = new Set('p h2 h3 h4 ul ol li strong em s blockquote code pre hr br thead tbody tr th td'.split(' '))

/** An article's elements, drawn one by one: its text is never read as HTML. */
export function Pieces({ of, files }: { of: Piece[]; files: string }) {
  let at = 0
  /** Everything up to the end of the element it is in. */
  function inside(): ComponentChildren[] {
    const children: ComponentChildren[] = []
    for (let piece = of[at++]; piece && piece.tag !== '/'; piece = of[at++]) children.push(draw(piece))
    return children
  }
  function draw({ tag, text, href }: Piece): ComponentChildren {
    if (!tag) return text
    if (tag === 'img') return <Picture file={href} alt={text} files={files} />
    if (tag === 'hr' || tag === 'br') return h(tag, null)
    if (tag === 'table')
      return (
        <div class="article-table" tabIndex={0}>
          <table>{inside()}</table>
        </div>
      )
    if (tag === 'a') return href.startsWith('/') ? <a href={href}>{inside()}</a> : <a {...leading(href)}>{inside()}</a>
    return tags.has(tag) ? h(tag, null, ...inside()) : inside()
  }
  return <>{inside()}</>
}

/** A link out of here; nothing that could be anything else. */
const leading = (href: string) => (/^(https?:\/\/|mailto:|tel:)/i.test(href) ? { href, ...(/^http/i.test(href) && { target: '_blank', rel: 'noopener noreferrer' }) } : {})

const widths = [480, 960]
/** A stored picture in the sizes there are; its name says how large the largest one is, so that nothing jumps. */
export function Picture({ file, alt, files, first }: { file: string; alt: string; files: string; first?: boolean }) {
  const [, wide, high] = /-(\d+)x(\d+)\.webp$/.exec(file) ?? []
  if (!wide || !high) return null
  const sizes = widths.filter(one => one < Number(wide)).map(one => `${files}/${one}/${file} ${one}w`)
  return (
    <img
      src={`${files}/${file}`}
      srcset={[...sizes, `${files}/${file} ${wide}w`].join(', ')}
      sizes="(min-width: 46rem) 42rem, 92vw"
      width={Number(wide)}
      height={Number(high)}
      alt={alt}
      loading={first ? 'eager' : 'lazy'}
      decoding="async"
    />
  )
}
