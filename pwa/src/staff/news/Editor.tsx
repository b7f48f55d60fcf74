import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../../core/api'
import { useDeed } from '../deed'
import { Field, Panel, Said } from '../ui'
import type { Content, Desk } from './content'
import { t } from './text'

const PAUSE = 1500

/** Where an article is written; what is typed goes to the server by itself. */
export function Editor({ of: article, saved }: { of: Desk; saved: (next: Desk) => void }) {
  const typed = useSignal<Content>(article.content)
  const { busy, said, run } = useDeed()
  const open = JSON.stringify(typed.value) !== JSON.stringify(article.content)
  const set = (part: Partial<Content>) => (typed.value = { ...typed.value, ...part })
  const write = (part: Partial<Content['vi']>) => set({ vi: { ...typed.value.vi, ...part } })
  useEffect(() => {
    if (!open) return
    const wait = setTimeout(() => void run(async () => saved(await api('PUT /api/news/desk/{article_id}', { article_id: article.id, headers: { 'If-Match': `"${article.version}"` }, body: typed.value }))), PAUSE)
    return () => clearTimeout(wait)
  }, [typed.value])
  const { vi, source } = typed.value
  return (
    <Panel>
      <form class="form">
        <Field label={t.heading}>{is => <input {...is} class="input" maxLength={200} value={vi.title} onInput={event => write({ title: event.currentTarget.value })} />}</Field>
        <Field label={t.summary}>{is => <textarea {...is} class="input" maxLength={600} rows={2} value={vi.summary} onInput={event => write({ summary: event.currentTarget.value })} />}</Field>
        <Field label={t.body}>{is => <textarea {...is} class="input" rows={12} value={vi.body} onInput={event => write({ body: event.currentTarget.value })} />}</Field>
        <Field label={t.source}>{is => <input {...is} class="input" maxLength={200} value={source} onInput={event => set({ source: event.currentTarget.value })} />}</Field>
        <p class="hint" role="status">
          {busy.value ? t.saving : open ? t.typed : t.saved}
        </p>
        <Said text={said.value} />
      </form>
    </Panel>
  )
}
