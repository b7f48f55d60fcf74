import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../../core/api'
import { Choices } from '../../core/ui'
import { View, type Whole } from '../../modules/news/View'
import { TryOut } from '../ringing/TryOut'
import type { Content, Lang, Settle } from './content'
import { t } from './text'

const PAUSE = 400

/** The article on a phone 360 pixels wide: the very parts that draw it there, with what the server would send. */
export function Preview({ content, id, settle }: { content: Content; id: string; settle?: Settle }) {
  const lang = useSignal<Lang>('vi')
  const drawn = useSignal<Whole>()
  const langs = (['vi', 'en', 'km'] as const).filter(one => content[one])
  const shown = langs.includes(lang.value as never) ? lang.value : 'vi'
  useEffect(() => {
    const stop = new AbortController()
    const later = setTimeout(
      () => {
        api('POST /api/news/desk/preview', { lang: shown, body: content }, stop.signal).then(
          it => (drawn.value = it),
          () => {},
        )
      },
      drawn.peek() ? PAUSE : 0,
    )
    return () => {
      clearTimeout(later)
      stop.abort()
    }
  }, [content, shown])
  const of = drawn.value
  return (
    <div class="phone-side">
      {langs.length > 1 && <Choices legend={t.language} name="preview" row value={shown} onChange={next => (lang.value = next)} of={langs.map(value => ({ value, label: t.langs[value], lang: value }))} />}
      <div class="phone" aria-label={t.preview} role="region" tabIndex={0}>
        {of && (
          <div class="phone-page">
            <h2 class={of.title.length > 70 ? 'phone-title long' : 'phone-title'} lang={of.lang}>
              {of.title || t.untitled}
            </h2>
            <View of={of} asked={shown} />
          </div>
        )}
      </div>
      <TryOut settle={settle} ring={(headers, body) => api('POST /api/news/desk/{article_id}/test', { article_id: id, headers, body })} />
    </div>
  )
}
