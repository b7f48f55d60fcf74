import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { language } from '../../../core/text'
import { Await, Choices, Icon, Note } from '../../../core/ui'
import { check, close } from '../../../core/ui/icons'
import { useDeed } from '../../identity/deed'
import '../../identity/identity.css'
import { Said } from '../../identity/Said'
import { SignedIn } from '../../identity/SignedIn'
import '../inbox/inbox.css'
import { Mail } from './Mail'
import { t } from './text'

type Choice = Reply<'GET /api/notifications/preferences'>
type Level = Choice['topics'][number]['level']
type Channel = Choice['channels'][number]
const CHANNELS: Channel[] = ['sms', 'zalo', 'email']
const NIGHT = { since: '21:30', until: '06:00' }

export default function How() {
  const asked = useAsk('preferences', signal => api('GET /api/notifications/preferences', {}, signal))
  return (
    <SignedIn title={t.title} path="/notifications/how" back={['/inbox', t.back]}>
      <p>{t.lead}</p>
      <Await of={asked}>{given => <Form key={given.version} given={given} again={asked.again} />}</Await>
    </SignedIn>
  )
}

/** Each choice is kept as soon as it is made. */
function Form({ given, again }: { given: Choice; again: () => void }) {
  const now = useSignal(given)
  const saved = useSignal(false)
  const elsewhere = useSignal(false)
  const { busy, said, run } = useDeed()
  const fields = useAsk('filters', signal => api('GET /api/catalogue/filters', {}, signal)).value?.fields ?? []

  const consents = useAsk(`consents ${language.value}`, signal => api('GET /api/privacy/consents', {}, signal)).value?.items ?? []

  async function choose(part: Partial<Choice>) {
    const before = now.value
    const { version, private: hidden, quiet, topics, fields, channels } = (now.value = { ...before, ...part })
    saved.value = elsewhere.value = false
    const body = { private: hidden, quiet, topics: Object.fromEntries(topics.map(one => [one.topic, one.level])), fields, channels }
    const done = await run(
      async () => (now.value = await api('PUT /api/notifications/preferences', { headers: { 'If-Match': `"${version}"` }, body })),
      problem => {
        if (problem.status === 412) {
          elsewhere.value = true
          again()
        }
        return problem.status === 412
      },
    )
    saved.value = done
    if (!done) now.value = before
  }
  const setField = (field: string, level?: Level) => {
    const { [field]: _, ...others } = now.value.fields
    void choose({ fields: level ? { ...others, [field]: level } : others })
  }
  /** Chosen and agreed to in one tap, in the words that stand beside it. */
  async function use(channel: Channel, wanted: boolean) {
    const { version } = consents.find(one => one.purpose === channel)!
    const agreed = await run(() => (wanted ? api('PUT /api/privacy/consents/{purpose}', { purpose: channel, body: { version } }) : api('DELETE /api/privacy/consents/{purpose}', { purpose: channel })))
    if (agreed) await choose({ channels: [...now.value.channels.filter(one => one !== channel), ...(wanted ? [channel] : [])] })
  }
  const { quiet, topics } = now.value
  return (
    <>
      {elsewhere.value && <Note tone="warn">{t.elsewhere}</Note>}
      <Choices
        legend={t.screen}
        name="screen"
        value={now.value.private ? 'private' : 'whole'}
        onChange={next => void choose({ private: next === 'private' })}
        of={[
          { value: 'private', label: t.private },
          { value: 'whole', label: t.whole },
        ]}
      />
      <p class="hint">{now.value.private ? t.privateText : t.wholeText}</p>

      <section class="section">
        <h2>{t.quiet}</h2>
        <label class="choice">
          <input type="checkbox" checked={!!quiet} onChange={event => void choose({ quiet: event.currentTarget.checked ? NIGHT : null })} />
          <span>{t.quietOn}</span>
        </label>
        {quiet && (
          <div class="buttons hours">
            {(['since', 'until'] as const).map(end => (
              <label key={end}>
                {t[end]}
                <input class="input" type="time" required value={quiet[end]} onChange={event => event.currentTarget.value && void choose({ quiet: { ...quiet, [end]: event.currentTarget.value } })} />
              </label>
            ))}
          </div>
        )}
        <p class="hint">{t.quietText}</p>
      </section>

      <section class="section">
        <h2>{t.topics}</h2>
        <ul class="levels">
          {topics.map(one => (
            <li key={one.topic}>
              <LevelField
                label={t.topic[one.topic]}
                value={one.level}
                firm={one.firm}
                onChange={level => void choose({ topics: topics.map(other => (other.topic === one.topic ? { ...one, level } : other)) })}
              />
              {one.firm && one.level !== 'ring' && <p class="hint">{t.firm}</p>}
            </li>
          ))}
        </ul>
      </section>

      <section class="section">
        <h2>{t.fields}</h2>
        <p class="hint">{t.fieldsText}</p>
        <ul class="levels">
          {Object.entries(now.value.fields).map(([field, level]) => (
            <li key={field} class="removable">
              <LevelField label={field} lang="vi" value={level} onChange={next => setField(field, next)} />
              <button class="button" type="button" aria-label={t.remove(field)} onClick={() => setField(field)}>
                <Icon of={close} />
              </button>
            </li>
          ))}
        </ul>
        <div class="field">
          <label for="field">{t.add}</label>
          <select class="input" id="field" value="" onChange={event => event.currentTarget.value && setField(event.currentTarget.value, 'inbox')}>
            <option value="">…</option>
            {fields
              .filter(one => !(one.name in now.value.fields))
              .map(one => (
                <option key={one.name} value={one.name} lang="vi">
                  {one.name}
                </option>
              ))}
          </select>
        </div>
      </section>

      {consents.length > 0 && (
        <section class="section">
          <h2>{t.others}</h2>
          <p class="hint">{t.othersText}</p>
          {CHANNELS.map(channel => {
            const consent = consents.find(one => one.purpose === channel)
            const chosen = now.value.channels.includes(channel)
            return (
              consent && (
                <div key={channel}>
                  <label class="choice">
                    <input type="checkbox" checked={chosen} onChange={event => void use(channel, event.currentTarget.checked)} />
                    <span>
                      {consent.title}
                      <span class="hint">{consent.text}</span>
                    </span>
                  </label>
                  {channel === 'email' && chosen && <Mail />}
                </div>
              )
            )
          })}
        </section>
      )}

      <div class="told-saved" role="status">
        {saved.value && !busy.value && (
          <Note tone="good" icon={check}>
            {t.saved}
          </Note>
        )}
      </div>
      <Said text={said.value?.()} />
    </>
  )
}

type Field = { label: string; lang?: string; value: Level; firm?: boolean; onChange: (level: Level) => void }
function LevelField({ label, lang, value, firm, onChange }: Field) {
  const id = useId()
  return (
    <div class="field">
      <label for={id} lang={lang}>
        {label}
      </label>
      <select class="input" id={id} value={value} onChange={event => onChange(event.currentTarget.value as Level)}>
        {(['ring', 'inbox', ...(firm ? [] : ['off' as const])] as Level[]).map(one => (
          <option key={one} value={one}>
            {t.level[one]}
          </option>
        ))}
      </select>
    </div>
  )
}
