/** What is written in an article, as it goes to the server, and what may be missing in it. */
import { Problem, type Reply } from '../../core/api'
import { plain } from '../../core/plain'
import { mark } from '../../core/session'
import { language } from '../../core/text'

export type Desk = Reply<'GET /api/news/desk/{article_id}'>
export type Content = Desk['content']
export type Text = Content['vi']
export type Act = Desk['acts'][number]
export type Lang = 'vi' | 'en' | 'km'
/** Saves what is typed; what the server has then, undefined where it could not be saved. */
export type Settle = () => Promise<{ version: number; content: Content } | undefined>
export type Lack = Desk['lacks'][number]

export const blank: Content = {
  vi: { title: '', summary: '', body: '' },
  en: null,
  km: null,
  category: 'announcement',
  topics: [],
  communes: [],
  source: '',
  source_link: '',
  starts_at: null,
  ends_at: null,
  expires_at: null,
  cover: null,
  attachments: [],
  procedures: [],
  sending: { channel: 'feed', communes: [], topics: [], pace: null },
}

/** Gives a picture or a document to the server, which looks at it before it is kept. */
export async function upload(file: File): Promise<Reply<'POST /api/news/desk/files'>> {
  const reply = await fetch(`/api/news/desk/files?title=${encodeURIComponent(plain(file.name).slice(0, 200))}`, {
    method: 'POST',
    headers: { 'Content-Type': file.type || 'application/octet-stream', 'Accept-Language': language.value, ...(mark.peek() && { 'If-Caller': mark.peek()!.id }) },
    body: file,
  }).catch(() => {
    throw new Problem(0)
  })
  const said = await reply.json().catch(() => ({}))
  if (!reply.ok) throw new Problem(reply.status, said)
  return said
}
