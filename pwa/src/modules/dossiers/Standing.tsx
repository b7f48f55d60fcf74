import type { ComponentChildren } from 'preact'
import { connected } from '../../core/connection'
import { moment } from '../../core/moment'
import type { Followed } from '../../core/preferences'
import { Icon, Note } from '../../core/ui'
import { check, clock } from '../../core/ui/icons'
import type { Whole } from './mine'
import { t } from './text'

export type Step = Whole['happened'][number]
type Shown = Pick<Followed, 'standing' | 'at' | 'lang'> & { procedure?: string | null; procedure_code?: string | null; happened?: Step[] }
/** `duty` and `result` stand there for whoever owns it: in their own words, not in those for everybody. */
type Props = { of: Shown; busy: boolean; said: string; again: () => void; hint?: string; duty?: ComponentChildren; result?: ComponentChildren; slip?: (step: Step) => ComponentChildren; children?: ComponentChildren }

/** Where one dossier stands: what happened, who has it, what is next, by when, and what the person must do. */
export function Standing({ of: { standing: it, at, lang, procedure, procedure_code, happened }, busy, said, again, hint, duty, result, slip, children }: Props) {
  const steps: (Step | Followed['standing']['steps'][number])[] = happened ?? it.steps
  return (
    <>
      <section class="card standing">
        {procedure && (
          <p lang="vi">
            <a href={`/procedures/${procedure_code}`}>{procedure}</a>
          </p>
        )}
        <p class="hint">{it.code}</p>
        <h2 lang={lang}>{it.name}</h2>
        <p lang={lang}>{it.says}</p>
        {duty || (it.yours ? (
          <Note tone={it.silence ? 'bad' : 'warn'} title={t.yours}>
            <span lang={lang}>{it.yours}</span>
          </Note>
        ) : (
          <p class="strong">{t.nothing}</p>
        ))}
        <dl>
          {it.due_at && (
            <div>
              <dt>{t.due}</dt>
              <dd>
                {moment(it.due_at)}
                <Left of={it} />
                {it.on_time_percent != null && <span class="hint">{t.onTime(it.on_time_percent)}</span>}
              </dd>
            </div>
          )}
          {it.office && (
            <div>
              <dt>{t.office}</dt>
              <dd lang="vi">{it.office}</dd>
            </div>
          )}
          {it.next && (
            <div>
              <dt>{t.next}</dt>
              <dd lang={lang}>{it.next}</dd>
            </div>
          )}
        </dl>
      </section>
      {result}
      <section class="section">
        <h2>{t.happened}</h2>
        <ol class="way">
          {steps.map((step, i) => (
            <li key={i} aria-current={i === steps.length - 1 ? 'step' : undefined}>
              <span class="way-mark">
                <Icon of={i === steps.length - 1 && it.clock !== 'over' ? clock : check} />
              </span>
              <span>
                <span class="strong" lang={lang}>
                  {step.name}
                </span>
                <span class="hint">{moment(step.at)}</span>
                {'papers' in step && words(step) && <span lang="vi">{words(step)}</span>}
                {'papers' in step && slip?.(step)}
              </span>
            </li>
          ))}
        </ol>
      </section>

      <p class="said" role="alert">
        {said}
      </p>
      <p class="hint" role="status">
        {busy ? t.asking : connected.value ? t.asOf(moment(at)) : t.old(moment(at))}
      </p>
      <div class="buttons">
        {children}
        <button class="button" type="button" disabled={busy} onClick={again}>
          {t.again}
        </button>
      </div>
      {hint && <p class="hint">{hint}</p>}
    </>
  )
}

/** What was said at a step, in one line. */
const words = ({ papers, reason, guidance }: Step) => [papers.join('; '), reason, guidance].filter(Boolean).join('. ')

function Left({ of: { clock, late, days_left } }: { of: Followed['standing'] }) {
  if (clock === 'stopped') return <span class="tag water">{t.stopped}</span>
  if (late) return <span class="tag bad">{t.late(Math.abs(days_left ?? 0))}</span>
  if (days_left === null) return null
  return <span class="tag good">{t.left(days_left)}</span>
}
