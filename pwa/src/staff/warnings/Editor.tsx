import type { Signal } from '@preact/signals'
import { plain } from '../../core/plain'
import { fromField, toField } from '../times'
import { Field, Panel } from '../ui'
import { Communes } from './Communes'
import { type Draft, highest, kinds, type Kind, levelOf, type Said as Text } from './draft'
import { t } from './text'

const languages = ['vi', 'en', 'km'] as const
const empty: Text = { headline: '', what: '', steps: [] }

/** What a warning says; it is saved by whoever shows this. `said`: what is wrong with a field. */
export function Editor({ typed, said }: { typed: Signal<Draft>; said: (field: string) => string | undefined }) {
  const one = typed.value
  const set = (part: Partial<Draft>) => (typed.value = { ...typed.peek(), ...part })
  return (
    <Panel title={t.text}>
      <form class="form" onSubmit={event => event.preventDefault()}>
        <div class="side-by-side">
          <Field label={t.kind}>
            {is => (
              <select {...is} class="input" value={one.kind} onChange={event => set({ kind: event.currentTarget.value as Kind, level: Math.min(one.level, highest(event.currentTarget.value as Kind)) })}>
                {kinds.map(kind => (
                  <option key={kind} value={kind}>
                    {t.kinds[kind]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t.level} said={said('level')}>
            {is => (
              <select {...is} class="input" value={one.level} onChange={event => set({ level: Number(event.currentTarget.value) })}>
                {Array.from({ length: highest(one.kind) }, (_, i) => (
                  <option key={i} value={i + 1}>
                    {levelOf(one.kind, i + 1)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        {!one.clears && (
          <div class="side-by-side">
            {(['begins_at', 'ends_at'] as const).map(name => (
              <Field key={name} label={name === 'begins_at' ? t.begins : t.endsAt} hint={t.clock} said={said(name)}>
                {is => <input {...is} class="input" type="datetime-local" value={toField(one[name])} onInput={event => set({ [name]: fromField(event.currentTarget.value) })} />}
              </Field>
            ))}
          </div>
        )}
        <fieldset class="form">
          <legend>{t.where}</legend>
          <label class="choice">
            <input type="checkbox" checked={one.everywhere} onChange={event => set({ everywhere: event.currentTarget.checked })} />
            <span>{t.everywhere}</span>
          </label>
          {!one.everywhere && <Communes value={one.communes} onChange={communes => set({ communes })} said={said('communes')} />}
        </fieldset>
        {languages.map(code => {
          const text = one[code]
          const name = t.languages[code]
          return text ? (
            <Language key={code} code={code} of={text} set={part => set({ [code]: { ...text, ...part } })} drop={code === 'vi' ? undefined : () => set({ [code]: null })} said={said} />
          ) : (
            <div key={code}>
              <button class="button" type="button" onClick={() => set({ [code]: empty })}>
                {t.add(name)}
              </button>
            </div>
          )
        })}
        <Field label={t.source} hint={t.sourceHint}>
          {is => <input {...is} class="input" maxLength={200} lang="vi" value={one.source} onInput={event => set({ source: plain(event.currentTarget.value) })} />}
        </Field>
      </form>
    </Panel>
  )
}

type LanguageProps = { code: 'vi' | 'en' | 'km'; of: Text; set: (part: Partial<Text>) => void; drop: (() => void) | undefined; said: (field: string) => string | undefined }
function Language({ code, of, set, drop, said }: LanguageProps) {
  const steps = of.steps ?? []
  const long = steps.length > 8 || steps.some(step => step.length > 200)
  return (
    <fieldset class="form">
      <legend>{t.languages[code]}</legend>
      <Field label={t.headline} hint={`${of.headline?.length ?? 0}/120`} said={said(`${code}.headline`)}>
        {is => <input {...is} class="input" lang={code} maxLength={120} value={of.headline} onInput={event => set({ headline: plain(event.currentTarget.value) })} />}
      </Field>
      <Field label={t.what} said={said(`${code}.what`)}>
        {is => <textarea {...is} class="input" lang={code} maxLength={600} rows={3} value={of.what} onInput={event => set({ what: plain(event.currentTarget.value).replace(/\n/g, ' ') })} />}
      </Field>
      <Field label={t.steps} hint={t.stepsHint} said={long ? t.stepsLong : said(`${code}.steps`)}>
        {is => <textarea {...is} class="input" lang={code} rows={6} value={steps.join('\n')} onInput={event => set({ steps: plain(event.currentTarget.value).split('\n') })} />}
      </Field>
      {drop && (
        <div>
          <button class="button" type="button" onClick={drop}>
            {t.drop(t.languages[code])}
          </button>
        </div>
      )}
    </fieldset>
  )
}
