import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { api, type Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { language } from '../../core/text'
import { Await, Empty, Icon, Page } from '../../core/ui'
import { share } from '../../core/ui/icons'
import { t } from './text'
import { View, type Whole } from './View'

export default function Article() {
  const { id } = useRoute().params as { id: string }
  const asked = useAsk<Whole>(`article ${id} ${language.value}`, signal => api('GET /api/news/articles/{article_id}', { article_id: id }, signal))
  if (asked.failed && [404, 410].includes(asked.failed.status)) return <Gone problem={asked.failed} />
  return (
    <Page title={asked.value?.title ?? t.open} lang={asked.value?.lang} back={['/news', t.back]}>
      <Await of={asked} rows={6}>
        {article => (
          <>
            <View of={article} />
            <Tools of={article} />
          </>
        )}
      </Await>
    </Page>
  )
}

/** Nothing is left to read here: a sentence says why, and the way goes on. */
function Gone({ problem: { status, said } }: { problem: Problem }) {
  const at = typeof said.at === 'string' ? moment(said.at) : ''
  const [title, text] = status === 404 ? [t.notFound, t.notFoundText] : said.type === 'article-withdrawn' ? [t.withdrawn, t.withdrawnText(at)] : [t.expired, t.expiredText(at)]
  return (
    <Page title={title} back={['/news', t.back]}>
      <Empty title={text}>
        {typeof said.reason === 'string' && (
          <p>
            {t.reason}: <span lang="vi">{said.reason}</span>
          </p>
        )}
        <a class="button main" href="/news">
          {t.toNews}
        </a>
      </Empty>
    </Page>
  )
}

function Tools({ of }: { of: Whole }) {
  const copied = useSignal(false)
  async function give() {
    const url = `${location.origin}/news/${of.id}`
    if (navigator.share) return void (await navigator.share({ title: of.title, url }).catch(() => {}))
    await navigator.clipboard.writeText(url).catch(() => {})
    copied.value = true
  }
  return (
    <div class="buttons no-print">
      <button class="button" type="button" onClick={() => void give()}>
        <Icon of={share} />
        {t.share}
      </button>
      <span role="status">{copied.value && t.shared}</span>
    </div>
  )
}
