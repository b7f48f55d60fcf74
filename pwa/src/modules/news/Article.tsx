import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { moment } from '../../core/moment'
import { textSize } from '../../core/preferences'
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
    if (!(cause instanceof Problem && cause.offline)) throw cause
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
  const told = useSignal<Told>('')
  async function give() {
    const url = `${location.origin}/news/${of.id}`
    if (navigator.share) return void (await navigator.share({ title: of.title, url }).catch(() => {}))
    await navigator.clipboard.writeText(url).catch(() => {})
    told.value = 'shared'
  }
  return (
    <div class="buttons no-print">
      <button class="button" type="button" onClick={() => void give()}>
        <Icon of={share} />
        {t.share}
      </button>
      <Aloud of={of} say={what => (told.value = what)} />
      <button class="button" type="button" disabled={textSize.value === 0} aria-label={t.smaller} onClick={() => textSize.value--}>
        A−
      </button>
      <button class="button" type="button" disabled={textSize.value === LARGEST} aria-label={t.larger} onClick={() => textSize.value++}>
        A+
      </button>
      <span role="status">{told.value && t[told.value]}</span>
    </div>
  )
}

type Told = '' | 'shared' | 'noVoice'
const LARGEST = 3
const speakers = { vi: 'vi-VN', en: 'en-GB', km: 'km-KH' }

/** The browser's own voice, paragraph by paragraph: Chromium falls silent in the middle of a long one. */
function Aloud({ of, say }: { of: Whole; say: (what: Told) => void }) {
  const reading = useSignal(false)
  const voice = globalThis.speechSynthesis
  useEffect(() => () => voice?.cancel(), [of.id])
  if (!voice) return null
  function begin() {
    say('')
    if (reading.value) {
      reading.value = false
      return voice.cancel()
    }
    // Before the first of them is asked for, some browsers know of no voices at all: then the language alone must do.
    const voices = voice.getVoices()
    const own = voices.find(one => one.lang.replace('_', '-').startsWith(of.lang))
    if (voices.length && !own) return say('noVoice')
    const lines = [of.title, of.summary, ...paragraphs(of.pieces)].filter(line => line.trim())
    reading.value = true
    lines.forEach((line, i) => {
      const words = new SpeechSynthesisUtterance(line)
      words.lang = speakers[of.lang]
      if (own) words.voice = own
      if (i === lines.length - 1) words.onend = () => (reading.value = false)
      voice.speak(words)
    })
  }
  return (
    <button class="button" type="button" aria-pressed={reading.value} onClick={begin}>
      {reading.value ? t.stop : t.listen}
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
