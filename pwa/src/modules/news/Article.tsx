import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { aloud, hush, reading } from '../../core/aloud'
import { api, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { textSize } from '../../core/preferences'
import { give } from '../../core/share'
import { language } from '../../core/text'
import { Await, Empty, Icon, Page } from '../../core/ui'
import { share } from '../../core/ui/icons'
import { t } from './text'
import { View, type Whole } from './View'

export default function Article() {
  const { id } = useRoute().params as { id: string }
  const asked = useAsk<Whole>(`article ${id} ${language.value}`, signal => ask(id, signal))
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

/** Without a line, from the newest that the phone has kept. */
async function ask(id: string, signal: AbortSignal): Promise<Whole> {
  try {
    return await api('GET /api/news/articles/{article_id}', { article_id: id }, signal)
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    // Gone from the newest that are kept, too.
    if (cause.status === 410) void import('./offline').then(({ keepLatest }) => keepLatest())
    if (!cause.offline) throw cause
    return (await import('./offline')).readKept(id).catch(() => {
      throw cause
    })
  }
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

/** What can be done with it: give it on, have it read out, make the letters larger. */
function Tools({ of }: { of: Whole }) {
  const told = useSignal('')
  const tell = async () => (told.value = await give({ title: of.title }, `/news/${of.id}`, t.shared))
  return (
    <div class="buttons no-print">
      <button class="button" type="button" onClick={() => void tell()}>
        <Icon of={share} />
        {t.share}
      </button>
      <Aloud of={of} say={what => (told.value = what)} />
      <div class="buttons">
        <button class="button" type="button" disabled={textSize.value === 0} aria-label={`A−, ${t.smaller}`} onClick={() => textSize.value--}>
          A−
        </button>
        <button class="button" type="button" disabled={textSize.value === LARGEST} aria-label={`A+, ${t.larger}`} onClick={() => textSize.value++}>
          A+
        </button>
      </div>
      <span role="status">{told.value}</span>
    </div>
  )
}

const LARGEST = 3

function Aloud({ of, say }: { of: Whole; say: (what: string) => void }) {
  useEffect(() => hush, [of.id])
  if (!globalThis.speechSynthesis) return null
  const now = reading.value === of.id
  const lines = () => [of.title, of.summary, ...paragraphs(of.pieces)].filter(line => line.trim())
  return (
    <button class="button" type="button" aria-pressed={now} onClick={() => (now ? hush() : say(aloud(of.id, of.lang, lines()) ? '' : t.noVoice))}>
      {now ? t.stop : t.listen}
    </button>
  )
}

/** The words of an article, block by block, as somebody would read them out. */
function paragraphs(pieces: Whole['pieces']): string[] {
  const lines = ['']
  for (const { tag, text } of pieces) {
    if (/^(p|h\d|li|tr|blockquote|hr)$/.test(tag)) lines.push('')
    else if (tag === 'td' || tag === 'th') lines[lines.length - 1] += ', '
    else if (tag === '' || tag === 'img') lines[lines.length - 1] += text
  }
  return lines
}
