import { api } from '../../core/api'
import { useAsk } from '../../core/ask'
import type { Saved } from '../../core/storage'
import { stores } from '../../core/stores'
import { day } from '../../core/text'
import { Note } from '../../core/ui'
import { fee, type Procedure, time } from './say'
import { t } from './text'

/** What changed since the person saved this procedure, field by field. */
export function News({ kept, now, onKeep }: { kept: Saved; now: Procedure; onKeep: (kept: Saved | undefined) => void }) {
  const since = kept.procedure.revision
  const changes = useAsk(`changes ${now.code} ${since}`, signal => api('GET /api/catalogue/procedures/{code}/changes', { code: now.code, since }, signal)).value?.items
  if (!changes) return null
  const seen = async () => {
    const { saved } = await stores()
    await saved.put(now)
    onKeep(await saved.get(now.code))
  }
  if (!changes.length)
    return (
      <Note tone="good" title={t.news(day(kept.at))}>
        {t.noNews}
      </Note>
    )
  return (
    <section class="card" aria-labelledby="news">
      <h2 id="news">{t.news(day(kept.at))}</h2>
      <ul class="changes">
        {changes.map(change => (
          <li key={`${change.revision} ${change.field}`}>
            <h3>
              {t.changed[change.field as keyof typeof t.changed] ?? t.otherChange} <span class="hint">{day(change.at)}</span>
            </h3>
            <dl>
              <dt>{t.was}</dt>
              <dd>
                <Value field={change.field} of={change.before} />
              </dd>
              <dt>{t.is}</dt>
              <dd>
                <Value field={change.field} of={change.after} />
              </dd>
            </dl>
          </li>
        ))}
      </ul>
      <button class="button" type="button" onClick={() => void seen()}>
        {t.newsSeen}
      </button>
    </section>
  )
}

/** Any value of the catalogue, as far as a person can read it. */
function Value({ field, of }: { field: string; of: unknown }) {
  const lines = say(field, of)
  if (!lines.length) return <em>{t.nothingThere}</em>
  return (
    <ul lang="vi">
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

function say(field: string, of: unknown): string[] {
  if (of === null || of === undefined || of === '') return []
  if (typeof of === 'boolean') return [of ? t.yes : t.no]
  if (typeof of === 'number') return [field === 'fee' ? fee(of) : String(of)]
  if (typeof of === 'string') return [field.startsWith('valid_') ? day(of) : word(field, of)]
  if (Array.isArray(of)) return [...new Set(of.flatMap(one => say(field, one)))]
  const one = of as Record<string, unknown>
  if (typeof one.value === 'number') return [time(one as unknown as NonNullable<Procedure['time']>)]
  if (Array.isArray(one.papers)) return one.papers.flatMap(paper => say(field, paper))
  if (typeof one.channel === 'string') return [joined(word('channels', one.channel), ...say('', one.time), ...say('', one.time_text), ...say('', one.fees), ...say('', one.fee_text))]
  if (typeof one.amount === 'number') return [joined(fee(one.amount), ...say('', one.basis))]
  const name = say(field, one.name ?? one.title ?? one.number ?? one.code)
  // A paper: how many of it are wanted, and on which form.
  return 'originals' in one ? [joined(...name, one.originals ? t.originals(one.originals as number) : '', one.copies ? t.copies(one.copies as number) : '', ...say('', one.forms))] : name
}

const joined = (...parts: string[]) => [...new Set(parts)].filter(Boolean).join(' · ')

/** The catalogue's fixed words in the reader's language; every other text as it stands. */
function word(field: string, of: string) {
  const names: Record<string, Record<string, string>> = { levels: t.level, audiences: t.audience, channels: t.channel }
  return names[field]?.[of] ?? of
}
