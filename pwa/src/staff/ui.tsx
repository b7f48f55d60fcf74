/** What the screens of the console are made of, beside the parts that it shares with the residents' app. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useLocation } from 'preact-iso'
import { useId, useRef } from 'preact/hooks'
import type { Problem } from '../core/api'
import { tongue } from '../core/tongue'
import { Await, Icon, Note, Page, Row, Skeleton } from '../core/ui'
import { back as backwards } from '../core/ui/icons'
import { Said } from '../modules/identity/Said'
import { why } from './deed'
import { copy as copyIcon } from './icons'
import type { usePages } from './pages'
import { wide } from './room'
import { t } from './text'

export { tongue }

type Children = { children?: ComponentChildren }

type Head = Children & { title: string; lead?: ComponentChildren; back?: [href: string, label: string]; actions?: ComponentChildren; narrow?: boolean; lang?: string | undefined }
/** One screen: where it belongs, its name, what can be begun here. */
export const Screen = ({ title, lead, back, actions, narrow, lang, children }: Head) => (
  <Page title={title} bare wide={!narrow}>
    <header class="head">
      <div>
        {back && (
          <a class="back" href={back[0]}>
            <Icon of={backwards} />
            {back[1]}
          </a>
        )}
        <h1 tabIndex={-1} lang={lang}>
          {title}
        </h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {actions && <div class="buttons">{actions}</div>}
    </header>
    {children}
  </Page>
)

export const Panel = ({ title, lang, hint, children, actions, tone }: Children & { title?: string; lang?: string; hint?: ComponentChildren; actions?: ComponentChildren; tone?: string }) => (
  <section class={tone ? `panel ${tone}` : 'panel'}>
    {title && (
      <header class="panel-head">
        <div>
          <h2 lang={lang}>{title}</h2>
          {hint && <p class="hint">{hint}</p>}
        </div>
        {actions}
      </header>
    )}
    {children}
  </section>
)

export const Name = ({ of }: { of: string }) => <span lang={tongue(of)}>{of}</span>

/** A person's own words, as they were written. */
export const Quote = ({ of }: { of: string }) => (
  <p class="quote" lang={tongue(of)}>
    {of}
  </p>
)

/** What is known of one thing, name by name. */
export const Facts = ({ of }: { of: [name: string, value: ComponentChildren][] }) => (
  <dl class="facts">
    {of.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

type FieldProps = { label: string; hint?: ComponentChildren; said?: string | undefined; children: (is: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => JSX.Element }
/** A name, the field, what helps to fill it in, and what is wrong with it. */
export function Field({ label, hint, said, children }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, said && `${id}-said`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': said ? true : undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {said && (
        <p class="said" id={`${id}-said`}>
          {said}
        </p>
      )}
    </div>
  )
}

/** How a form ends: what it does, or nothing. */
export const Finish = ({ busy, label, leave, children }: Children & { busy?: boolean; label: string; leave: () => void }) => (
  <div class="buttons">
    <button class="button main" type="submit" disabled={busy}>
      {busy ? t.saving : label}
    </button>
    <button class="button" type="button" onClick={leave}>
      {t.cancel}
    </button>
    {children}
  </div>
)

/** A password that may be looked at while it is typed. */
export function PasswordField({ label, hint, said, value, onInput, fresh, field }: { label: string; hint?: ComponentChildren; said?: string | undefined; value: string; onInput: (typed: string) => void; fresh?: boolean; field?: { current: HTMLInputElement | null } }) {
  const seen = useSignal(false)
  return (
    <Field label={label} hint={hint} said={said}>
      {is => (
        <div class="with-button">
          <input
            {...is}
            {...(field ? { ref: field } : {})}
            class="input"
            type={(seen.value ? 'text' : 'password') as 'password'}
            autocomplete={fresh ? 'new-password' : 'current-password'}
            autocapitalize="none"
            spellcheck={false}
            maxLength={128}
            required
            value={value}
            onInput={event => onInput(event.currentTarget.value)}
          />
          <button class="button" type="button" aria-pressed={seen.value} onClick={() => (seen.value = !seen.value)}>
            {seen.value ? t.hide : t.show}
          </button>
        </div>
      )}
    </Field>
  )
}

/** Puts a text on the clipboard, and says so; where a browser forbids it, nothing is said, and nothing is there. */
export function Copy({ text, label, what }: { text: string; label?: string; what: string }) {
  const done = useSignal(false)
  const whole = useRef<ReturnType<typeof setTimeout>>(undefined)
  async function put() {
    done.value = await navigator.clipboard.writeText(text).then(() => true, () => false)
    clearTimeout(whole.current)
    whole.current = setTimeout(() => (done.value = false), 2000)
  }
  return (
    <button class={label ? 'button' : 'copy'} type="button" title={label ? undefined : `${t.copy} ${what}`} onClick={() => void put()}>
      <Icon of={copyIcon} />
      {label ? <span>{done.value ? t.copied : label}</span> : <span class="unseen">{`${t.copy} ${what}`}</span>}
      <span class="unseen" role="status">
        {done.value && !label ? t.copied : ''}
      </span>
    </button>
  )
}

/** An id of a row somewhere: short for the eye, whole for the clipboard. */
export const Id = ({ of, href }: { of: string; href?: string | undefined }) => {
  const short = of.length > 14 ? `${of.slice(0, 4)}…${of.slice(-6)}` : of
  return (
    <span class="id">
      {href ? <a href={href}>{short}</a> : <span>{short}</span>}
      <Copy text={of} what={of} />
    </span>
  )
}

/** A secret that is told here and never again. */
export const Once = ({ title, text, children }: Children & { title: string; text: string }) => (
  <Note tone="warn" title={title}>
    {children}
    <p class="once">
      <code>{text}</code>
    </p>
    <Copy text={text} what="" label={t.copy} />
  </Note>
)

/** `named`: in a list, where no title stands above it, the value needs its name. */
export type Column<T> = { title: string; of: (row: T) => ComponentChildren; end?: boolean; lang?: string; named?: boolean }
type TableProps<T> = { caption: string; rows: T[]; columns: Column<T>[]; id: (row: T) => string; href?: (row: T) => string | undefined }
/** A table where there is room for one, else a list; the first column leads on. */
export function Table<T>({ caption, rows, columns, id, href }: TableProps<T>) {
  const { route } = useLocation()
  const [first, ...others] = columns as [Column<T>, ...Column<T>[]]
  if (!wide.value)
    return (
      <ul class="panel rows" aria-label={caption}>
        {rows.map(row => {
          const to = href?.(row)
          const facts = others.map(({ title, of, lang, named }) => [title, of(row), lang, named] as const).filter(([, value]) => value !== null && value !== '')
          const inside = facts.map(([title, value, lang, named]) => (
            <span key={title} class="fact" lang={lang}>
              {named && `${title}: `}
              {value}
            </span>
          ))
          return to ? (
            <Row key={id(row)} href={to} title={first.of(row)} {...(first.lang ? { lang: first.lang } : {})}>
              <span class="fact-list">{inside}</span>
            </Row>
          ) : (
            <li key={id(row)} class="row still">
              <div class="row-text">
                <div class="row-title" lang={first.lang}>
                  {first.of(row)}
                </div>
                <div class="fact-list">{inside}</div>
              </div>
            </li>
          )
        })}
      </ul>
    )
  return (
    <div class="panel flush">
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, end }) => (
              <th key={title} scope="col" class={end ? 'end' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => {
            const to = href?.(row)
            return (
              // The whole row for the mouse; its link for everybody.
              <tr key={id(row)} class={to ? 'leads' : undefined} onClick={event => to && !(event.target as Element).closest('a, button') && !String(getSelection()) && route(to)}>
                <th scope="row" lang={first.lang}>
                  {to ? <a href={to}>{first.of(row)}</a> : first.of(row)}
                </th>
                {others.map(({ title, of, end, lang }) => (
                  <td key={title} class={end ? 'end' : undefined} lang={lang}>
                    {of(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** A long list: what there is of it, the way to more, and what stands there when there is nothing. */
export function Pages<T>({ of, empty, children }: { of: ReturnType<typeof usePages<T>>; empty: ComponentChildren; children: (items: T[]) => ComponentChildren }) {
  return (
    <Await of={of} rows={6}>
      {() =>
        of.items.length === 0 ? (
          empty
        ) : (
          <>
            {children(of.items)}
            {of.late && <Said text={why(of.late)} />}
            {of.next && (
              <div>
                <button class="button" type="button" disabled={of.busy} onClick={() => void of.next!()}>
                  {of.busy ? t.loadingMore : t.more}
                </button>
              </div>
            )}
          </>
        )
      }
    </Await>
  )
}

/** It was changed elsewhere while it was being typed here: both, and the choice. */
export function Conflict({ fields, keep, take, busy }: { fields: [label: string, there: string, here: string][]; keep: () => void; take: () => void; busy: boolean }) {
  return (
    <Note tone="warn" title={t.changedElsewhere}>
      <div role="alert">
        <dl class="both">
          {fields
            .filter(([, there, here]) => there !== here)
            .map(([label, there, here]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  {t.thereNow}: <Name of={there} />
                </dd>
                <dd>
                  {t.hereTyped}: <Name of={here} />
                </dd>
              </div>
            ))}
        </dl>
      </div>
      <div class="buttons">
        <button class="button main" type="button" disabled={busy} onClick={keep}>
          {t.keepMine}
        </button>
        <button class="button" type="button" disabled={busy} onClick={take}>
          {t.takeTheirs}
        </button>
      </div>
    </Note>
  )
}

export const Nothing = ({ title, children }: Children & { title: string }) => (
  <div class="panel nothing">
    <p class="strong">{title}</p>
    {children}
  </div>
)

export { Icon, Said, Skeleton }
export type { Problem }
