/** What is written in an article, as it goes to the server. */
import type { Reply } from '../../core/api'

export type Desk = Reply<'GET /api/news/desk/{article_id}'>
export type Content = Desk['content']
export type Act = Desk['acts'][number]

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
