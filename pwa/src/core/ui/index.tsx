/** The parts every screen is made of. Their looks are in `ui.css`; `/design` shows them all, `/staff/design` those of the console. */
import { type ComponentChildren, Fragment, toChildArray, type ToggleEventHandler } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { copiedAt, type Problem } from '../api'
import type { Asked } from '../ask'
import { connected } from '../connection'
import { province } from '../province'
import { day } from '../text'
import { t } from '../text/words'
import { arrow, back as backwards, cloud, info, warning } from './icons'

type Children = { children?: ComponentChildren }

export const Icon = ({ of }: { of: string }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={of} />
  </svg>
)

type Frame = Children & { title: string; lang?: string | undefined; back?: [href: string, label: string]; wide?: boolean; bare?: boolean }
/** Where the screen belongs that was drawn last. */
export let shown = ''
/** One screen: its name in the tab, one h1 (which takes the focus when the screen changes), the way back. A bare one draws its h1 itself. */
export function Page({ title, lang, back, wide, bare, children }: Frame) {
  useLayoutEffect(() => {
    document.title = `${title} – ${province.app}`
    shown = location.pathname
  }, [title])
  return (
    <main class={wide ? 'page wide' : 'page'} id="main">
      {back && (
        <a class="back" href={back[0]}>
          <Icon of={backwards} />
          {back[1]}
        </a>
      )}
      {!bare && (
        <h1 tabIndex={-1} lang={lang} class={title.length > 70 ? 'long' : undefined}>
          {title}
        </h1>
      )}
      {children}
    </main>
  )
}

/** A sentence in the reader's language around Vietnamese names, in their order, each marked for what it is, so that it is read out right. */
export const Mixed = ({ of, names }: { of: (...names: string[]) => string; names: string[] }) => (
  <>
    {of(...names.map(() => '\0'))
      .split('\0')
      .map((words, i) => (
        <Fragment key={i}>
          {i > 0 && <span lang="vi">{names[i - 1]}</span>}
          {words}
        </Fragment>
      ))}
  </>
)

export const Note = ({ tone = 'plain', icon = tone === 'plain' || tone === 'good' ? info : warning, title, children }: Children & { tone?: 'plain' | 'good' | 'warn' | 'bad'; icon?: string; title?: ComponentChildren }) => (
  <div class={`note ${tone}`}>
    <Icon of={icon} />
    <div>
      {title && <strong>{title}</strong>}
      {children}
    </div>
  </div>
)

/** Grey shapes where the text will be; says "loading" to those who cannot see them. */
export const Skeleton = ({ rows = 3 }: { rows?: number }) => (
  <div class="skeleton" role="status">
    <span class="unseen">{t.loading}</span>
    {Array.from({ length: rows }, (_, i) => (
      <span key={i} class="bone" />
    ))}
  </div>
)

/** Nothing here, why, and the one next step. */
export const Empty = ({ title, children }: Children & { title: string }) => (
  <div class="empty">
    <img src="/empty.svg" alt="" width="120" height="72" />
    <p class="strong">{title}</p>
    {children}
  </div>
)

export function Failed({ problem, again }: { problem: Problem; again: () => void }) {
  const offline = problem.offline
  // Where nothing more is known, the server says the title twice.
  const { title = t.failed, detail = t.failedHint } = problem.said
  return (
    <div class="empty" role="alert">
      <span class="blob">
        <Icon of={offline ? cloud : warning} />
      </span>
      <p class="strong">{offline ? t.noConnection : title}</p>
      {offline ? <p>{t.noConnectionHint}</p> : detail !== title && <p>{detail}</p>}
      {problem.status === 401 ? (
        <a class="button main" href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>
          {t.signIn}
        </a>
      ) : (
        <button class="button" type="button" onClick={again}>
          {t.retry}
        </button>
      )}
    </div>
  )
}

/** An answer, or what stands in its place while there is none. */
export function Await<T>({ of, rows, children }: { of: Asked<T>; rows?: number; children: (value: T) => ComponentChildren }) {
  if (of.value === undefined) return of.failed ? <Failed problem={of.failed} again={of.again} /> : <Skeleton {...(rows ? { rows } : {})} />
  const copied = copiedAt(of.value)
  return (
    <>
      {copied && !connected.value && <p class="hint">{t.copyOf(day(copied))}</p>}
      {children(of.value)}
    </>
  )
}

/**
 * Its children one after another, a frame between them: a slow phone shows the first at once and answers taps meanwhile.
 * `whole`: all at once, so that going back finds the place on the page where the person was.
 */
export function Gradually({ whole, children }: Children & { whole: boolean }) {
  const all = toChildArray(children)
  const [shown, show] = useState(whole ? all.length : 1)
  useEffect(() => {
    if (shown < all.length) show(shown + 1)
  }, [shown, all.length])
  return <>{all.slice(0, shown)}</>
}

/** A row that leads somewhere. */
export const Row = ({ href, title, lang, icon, children }: Children & { href: string; title: ComponentChildren; lang?: string; icon?: string }) => (
  <li>
    <a class="row" href={href}>
      {icon && (
        <span class="blob">
          <Icon of={icon} />
        </span>
      )}
      <span class="row-text">
        <span class="row-title" lang={lang}>
          {title}
        </span>
        {children}
      </span>
      <Icon of={arrow} />
    </a>
  </li>
)

type Choice<V extends string> = { value: V; label: string; lang?: string }
/** One of a few, all visible. */
export const Choices = <V extends string>({ legend, name, value, of, onChange, row }: { legend: string; name: string; value: V; of: Choice<V>[]; onChange: (value: V) => void; row?: boolean }) => (
  <fieldset class={row ? 'choices in-row' : 'choices'}>
    <legend>{legend}</legend>
    {of.map(one => (
      <label key={one.value} class="choice">
        <input type="radio" name={name} checked={one.value === value} onChange={() => onChange(one.value)} />
        <span lang={one.lang}>{one.label}</span>
      </label>
    ))}
  </fieldset>
)

/** Closed until wanted; the browser's own, so it works by keyboard and can be searched. */
export const More = ({ title, count, children, open, onToggle }: Children & { title: string; count?: number; open?: boolean; onToggle?: ToggleEventHandler<HTMLDetailsElement> }) => (
  <details class="more" open={open} onToggle={onToggle}>
    <summary>
      <h2>{title}</h2>
      {count !== undefined && <span class="count">{count}</span>}
      <Icon of={arrow} />
    </summary>
    <div class="more-inside">{children}</div>
  </details>
)
