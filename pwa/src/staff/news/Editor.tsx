import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { connected } from '../../core/connection'
import { useLater } from '../../core/later'
import { moment } from '../../core/moment'
import { plain } from '../../core/plain'
import { Note } from '../../core/ui'
import { member, read } from '../access'
import { alike, same } from '../alike'
import { why } from '../deed'
import { Conflict, Field, Name, Panel, Said } from '../ui'
import { type Content, type Desk, type Lack, type Lang, type Settle, type Text } from './content'
import { forgetUnsent, keepUnsent, unsent } from './kept'
import { lackOf, sentence } from './lacks'
import { AddPicture } from './Pictures'
import { t } from './text'

const detailing = () => import('./Details')
const looking = () => import('./Preview')
const PAUSE = 1500
const HERE = 20_000
const LATER = 10_000
type Props = { of: Desk; insist: boolean; take: (next: Desk) => void; again: () => void; children: (settle: Settle) => ComponentChildren }

/** Where an article is written. What is typed is on this machine at once and on the server a moment later. */
export default function Editor({ of: article, insist, take, again, children }: Props) {
  const writer = member.value!.id
  const left = useRef(unsent(writer, article.id)).current
  // What the server has may be our own last save, whose answer did not reach the page before it was left.
  const ours = !!left && (left.version === article.version || alike(article.content, left.sent))
  const restored = ours && !alike(left.content, article.content)
  const typed = useSignal<Content>(restored ? left.content : article.content)
  /** What the server has, by its last word to us. */
  const base = useRef({ version: article.version, content: article.content })
  const state = useSignal<'saved' | 'open' | 'saving'>(restored ? 'open' : 'saved')
  const said = useSignal('')
  const other = useSignal<Desk | undefined>(left && !ours && !alike(left.content, article.content) ? article : undefined)
  const mine = useRef(left?.content)
  const since = useRef(false)
  const running = useRef<Promise<unknown> | undefined>(undefined)

  function change(part: Partial<Content>) {
    typed.value = { ...typed.peek(), ...part }
    since.current = true
    state.value = 'open'
    keepUnsent(writer, article.id, { version: base.current.version, content: typed.peek(), sent: base.current.content })
  }
  const write = (lang: Lang, part: Partial<Text>) => change({ [lang]: { ...typed.peek()[lang]!, ...part } })

  async function save(version = base.current.version): Promise<Desk | undefined> {
    const content = typed.peek()
    if (alike(content, base.current.content)) {
      state.value = 'saved'
      forgetUnsent(writer, article.id)
      return
    }
    state.value = 'saving'
    said.value = ''
    keepUnsent(writer, article.id, { version, content, sent: content })
    try {
      const next = await api('PUT /api/news/desk/{article_id}', { article_id: article.id, headers: { 'If-Match': `"${version}"` }, body: content })
      base.current = { version: next.version, content }
      other.value = undefined
      take(next)
      if (same(typed.peek(), content)) {
        state.value = 'saved'
        forgetUnsent(writer, article.id)
      } else {
        state.value = 'open'
        keepUnsent(writer, article.id, { version: next.version, content: typed.peek() })
      }
      return next
    } catch (cause) {
      state.value = 'open'
      const status = cause instanceof Problem ? cause.status : 0
      if (status === 412) {
        const now = await read('GET /api/news/desk/{article_id}', { article_id: article.id }, undefined).catch(() => undefined)
        if (now && (alike(now.content, content) || alike(now.content, left?.sent))) {
          base.current = { version: now.version, content: now.content }
          take(now)
          return save()
        }
        mine.current = content
        other.value = now
        if (!now) setTimeout(() => state.peek() === 'open' && void queue(), LATER)
      } else if (status === 409) again()
      said.value = status === 412 ? '' : why(cause)
      if (status >= 500) setTimeout(() => state.peek() === 'open' && void queue(), LATER)
    }
    return
  }
  /** One at a time; what was typed meanwhile is saved after. */
  const queue = () => (running.current = (running.current ?? Promise.resolve()).then(() => (other.peek() ? undefined : save())))
  const settle: Settle = async () => {
    while ((await queue()) && state.peek() === 'open') continue
    return state.peek() === 'saved' && !other.peek() ? base.current : undefined
  }

  useEffect(() => {
    if (state.value !== 'open' || other.value || !connected.value) return
    const later = setTimeout(() => void queue(), PAUSE)
    return () => clearTimeout(later)
  }, [typed.value, connected.value, other.value])
  // Whoever leaves does not wait for the pause.
  useEffect(() => {
    const leave = () => document.hidden && state.peek() === 'open' && void queue()
    document.addEventListener('visibilitychange', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      if (state.peek() === 'open' && !other.peek()) void queue()
    }
  }, [])

  const others = useSignal<{ name: string; writing: boolean; seen_at: string }[]>([])
  useEffect(() => {
    const look = async () => {
      const typing = since.current
      since.current = false
      const now = await api('PUT /api/news/desk/{article_id}/presence', { article_id: article.id, body: { typing } }).catch(() => undefined)
      if (!now) return
      others.value = now.others
      // Somebody else has saved, and nothing is open here: go on from theirs.
      if (now.version > base.current.version && state.peek() === 'saved') {
        const next = await read('GET /api/news/desk/{article_id}', { article_id: article.id }, undefined).catch(() => undefined)
        if (!next || state.peek() !== 'saved' || next.version <= base.current.version) return
        base.current = { version: next.version, content: next.content }
        typed.value = next.content
        take(next)
      }
    }
    void look()
    const every = setInterval(() => document.hidden || void look(), HERE)
    return () => clearInterval(every)
  }, [])

  const takeTheirs = () => {
    const now = other.value!
    base.current = { version: now.version, content: now.content }
    typed.value = now.content
    state.value = 'saved'
    other.value = undefined
    forgetUnsent(writer, article.id)
    take(now)
  }
  const keepMine = () => {
    const now = other.value!
    typed.value = mine.current ?? typed.peek()
    base.current = { version: now.version, content: now.content }
    other.value = undefined
    state.value = 'open'
    void queue()
  }

  const more = useLater(detailing)
  const preview = useLater(looking)
  const lacks = insist ? article.lacks : []
  return (
    <div class="writing">
      <div class="stack">
        {others.value.length > 0 && (
          <Note tone="warn" title={t.alsoHere}>
            <ul>
              {others.value.map(one => (
                <li key={one.name}>
                  <Name of={one.name} />: {one.writing ? t.isWriting : t.isLooking} <span class="hint">{moment(one.seen_at)}</span>
                </li>
              ))}
            </ul>
          </Note>
        )}
        {other.value && (
          <Conflict fields={differing(other.value.content, mine.current ?? typed.value)} busy={state.value === 'saving'} keep={keepMine} take={takeTheirs} />
        )}
        <Panel>
          <form class="form wide" onSubmit={event => event.preventDefault()}>
            <Tongues of={typed.value} lacks={lacks} write={write} change={change} />
            {more && <more.Details of={typed.value} gone={article.gone} lacks={lacks} change={change} />}
          </form>
        </Panel>
        <div class="foot">
          <p class="hint" role="status">
            {state.value === 'saving' ? t.saving : state.value === 'open' ? t.typed : t.saved}
          </p>
          <Said text={said.value} />
          {insist && article.lacks.length > 0 && (
            <Note tone="warn" title={t.lacking}>
              <ul class="dots">
                {article.lacks.map(one => (
                  <li key={one.field + one.why}>{sentence(one)}</li>
                ))}
              </ul>
            </Note>
          )}
          {children(settle)}
        </div>
      </div>
      {preview && <preview.Preview content={typed.value} id={article.id} settle={settle} />}
    </div>
  )
}

/** Field by field, both texts, where they differ. */
function differing(there: Content, here: Content): [string, string, string][] {
  const flat = (of: Content) =>
    (['vi', 'en', 'km'] as const).flatMap(lang => (['title', 'summary', 'body'] as const).map(part => [`${t.fields[part]} (${t.langs[lang]})`, of[lang]?.[part] ?? ''] as const))
  const rest = (of: Content) => JSON.stringify({ ...of, vi: 0, en: 0, km: 0 })
  const theirs = flat(there)
  return [
    ...flat(here).map(([label, text], i) => [label, theirs[i]![1], text] as [string, string, string]),
    ...(rest(there) === rest(here) ? [] : [[t.details, t.theirDetails, t.myDetails] as [string, string, string]]),
  ]
}

type Writing = { of: Content; lacks: Lack[]; write: (lang: Lang, part: Partial<Text>) => void; change: (part: Partial<Content>) => void }
/** The languages side by side; Vietnamese is always there. */
function Tongues({ of, lacks, write, change }: Writing) {
  const langs = (['vi', 'en', 'km'] as const).filter(lang => of[lang])
  const more = (['en', 'km'] as const).filter(lang => !of[lang])
  return (
    <>
      <div class="tongues">
        {langs.map(lang => (
          <OneTongue key={lang} lang={lang} of={of[lang]!} lacks={lacks} write={part => write(lang, part)} drop={lang === 'vi' ? undefined : () => change({ [lang]: null })} />
        ))}
      </div>
      {more.length > 0 && (
        <div class="buttons">
          {more.map(lang => (
            <button key={lang} class="button" type="button" onClick={() => change({ [lang]: { title: '', summary: '', body: '' } })}>
              + <span lang={lang}>{t.langs[lang]}</span>
            </button>
          ))}
        </div>
      )}
    </>
  )
}

function OneTongue({ lang, of, lacks, write, drop }: { lang: Lang; of: Text; lacks: Lack[]; write: (part: Partial<Text>) => void; drop: (() => void) | undefined }) {
  const body = useRef<HTMLTextAreaElement>(null)
  const several = t.langs[lang]
  const put = (text: string) => {
    const field = body.current!
    const [from, to] = [field.selectionStart, field.selectionEnd]
    write({ body: `${of.body.slice(0, from)}${text}${of.body.slice(to)}` })
  }
  /** Around what is marked, as every word processor does it. */
  const around = (before: string, after = before) => {
    const field = body.current!
    const [from, to] = [field.selectionStart, field.selectionEnd]
    write({ body: `${of.body.slice(0, from)}${before}${of.body.slice(from, to)}${after}${of.body.slice(to)}` })
    field.focus()
    requestAnimationFrame(() => field.setSelectionRange(from + before.length, to + before.length))
  }
  return (
    <div class="tongue" role="group" aria-label={several}>
      <div>
        <span lang={lang}>{several}</span>
        {drop && (
          <button class="button bare" type="button" onClick={() => (!of.title && !of.body) || confirm(t.dropTongue(several)) ? drop() : undefined}>
            {t.drop}
          </button>
        )}
      </div>
      <Field label={`${t.fields.title} (${several})`} said={lackOf(lacks, `${lang}.title`)}>
        {is => <input {...is} class="input" lang={lang} maxLength={200} value={of.title} onInput={event => write({ title: plain(event.currentTarget.value) })} />}
      </Field>
      <Field label={`${t.fields.summary} (${several})`} hint={t.summaryHint}>
        {is => <textarea {...is} class="input" lang={lang} maxLength={600} rows={2} value={of.summary} onInput={event => write({ summary: plain(event.currentTarget.value) })} />}
      </Field>
      <div class="tools" role="group" aria-label={t.format}>
        <button class="button" type="button" onClick={() => around('**')}>
          <b>{t.bold}</b>
        </button>
        <button class="button" type="button" onClick={() => around('\n## ', '\n')}>
          {t.headingTool}
        </button>
        <button class="button" type="button" onClick={() => around('\n- ', '\n')}>
          {t.listTool}
        </button>
        <button class="button" type="button" onClick={() => around('[', '](https://)')}>
          {t.linkTool}
        </button>
        <AddPicture label={t.addPicture} done={({ file, alt }) => put(`\n\n![${alt.replace(/[[\]]/g, '')}](${file})\n\n`)} />
      </div>
      <Field label={`${t.fields.body} (${several})`} hint={t.bodyHint} said={lackOf(lacks, `${lang}.body`)}>
        {is => <textarea {...is} ref={body} class="input long-text" lang={lang} maxLength={40_000} rows={14} value={of.body} onInput={event => write({ body: plain(event.currentTarget.value) })} />}
      </Field>
    </div>
  )
}
