import type { Reply } from '../../core/api'
import { Note } from '../../core/ui'
import { Field } from '../ui'
import { t } from './text'

export type Chosen = Reply<'GET /api/catalogue/procedures/{code}'>
type Channel = 'direct' | 'online' | 'post'
export type LimitTyped = { limit: string; unit: 'hour' | 'day' | 'working-day'; why: string; other: boolean }

/** The catalogue's limit for a channel, when every way of it says the same; the server reads it alike. */
export function published(of: Chosen | undefined, channel: Channel) {
  const [first, ...others] = of?.channels.filter(way => way.channel === channel) ?? []
  return first?.time && others.every(({ time }) => time?.value === first.time!.value && time.unit === first.time!.unit) ? first.time : null
}

/** The catalogue's, or the officer's with the reason. */
export function LimitFields({ of, channel, typed, said, onChange }: { of: Chosen | undefined; channel: Channel; typed: LimitTyped; said: string | undefined; onChange: (part: Partial<LimitTyped>) => void }) {
  if (!of) return null
  const known = published(of, channel)
  const text = of.channels.find(way => way.channel === channel)?.time_text
  return (
    <>
      {known ? (
        <>
          <p>{t.limitPublished(t.limitText(known.value, t.limitUnits[known.unit]))}</p>
          <label class="choice">
            <input type="checkbox" checked={typed.other} onChange={event => onChange({ other: event.currentTarget.checked })} />
            <span>{t.limitOther}</span>
          </label>
        </>
      ) : (
        <Note tone="warn">
          {t.limitUnclear}
          {text && <span class="block">{t.limitSource(text)}</span>}
        </Note>
      )}
      {(typed.other || !known) && (
        <>
          <div class="pair">
            <Field label={t.limitValue}>{is => <input {...is} class="input" type="number" inputmode="numeric" min={0} max={3650} step={1} required value={typed.limit} onInput={event => onChange({ limit: event.currentTarget.value })} />}</Field>
            <Field label={t.limitUnit}>
              {is => (
                <select {...is} class="input" value={typed.unit} onChange={event => onChange({ unit: event.currentTarget.value as LimitTyped['unit'] })}>
                  {(['working-day', 'day', 'hour'] as const).map(unit => (
                    <option key={unit} value={unit}>
                      {t.limitUnits[unit]}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </div>
          <Field label={t.limitReason} said={said}>
            {is => <textarea {...is} class="input" rows={2} maxLength={2000} required value={typed.why} onInput={event => onChange({ why: event.currentTarget.value })} />}
          </Field>
        </>
      )}
    </>
  )
}
