import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { aloud, hush, reading } from '../../../core/aloud'
import { api, copiedAt } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import type { Language } from '../../../core/language'
import { useLater } from '../../../core/later'
import { moment } from '../../../core/moment'
import { give } from '../../../core/share'
import { Await, Empty, Icon, Note, Page } from '../../../core/ui'
import { clock, phone, pin, share, sound } from '../../../core/ui/icons'
import { type Alert, alerts, cleared, stands, tone, words } from './now'
import { t } from './text'
import './warnings.css'

const drawing = () => import('./Area')

/** One warning: what, where, when, and what to do about it. */
export default function Warning() {
  const { id } = useRoute().params as { id: string }
  const known = alerts.value?.items.find(one => one.id === id)
  // What has changed since is shown by itself: the newest message of it asks anew.
  const asked = useAsk<Alert>(`alert ${id} ${known?.identifier ?? ''}`, signal => api('GET /api/news/alerts/{alert_id}', { alert_id: id }, signal))
  if (asked.failed?.status === 404)
    return (
      <Page title={t.notFound} back={['/warnings', t.title]}>
        <Empty title={t.notFoundText} />
      </Page>
    )
  const one = known ?? asked.value
  return (
    <Page title={one ? words(one).headline : t.title} lang={one && words(one).lang} back={['/warnings', t.title]} bare={!!one}>
      {one ? (
        <>
          <Copy at={known ? alerts.value?.at : copiedAt(asked.value)} />
          <Whole of={one} />
        </>
      ) : (
        <Await of={asked} rows={6}>
          {() => null}
        </Await>
      )}
    </Page>
  )
}

const Copy = ({ at }: { at: string | undefined }) => (at ? <p class="hint">{t.copy(moment(at))}</p> : null)

/** As a phone shows it; the desk shows it the same while it is written. */
export function Whole({ of, plain, as }: { of: Alert; plain?: boolean; as?: Language }) {
  const { kind, grade, headline, what, steps, lang, foreign } = words(of, as)
  return (
    <article class="warning">
      <div class={`warning-head ${tone(of)}`}>
        <p class="warning-kind">{cleared(of) ? t.clearedOf(kind) : t.of(kind, grade)}</p>
        {plain ? <p class="warning-title" lang={lang}>{headline}</p> : <h1 tabIndex={-1} lang={lang}>{headline}</h1>}
        <p class="warning-fact">
          <Icon of={clock} />
          {cleared(of) ? t.sent(moment(of.sent_at)) : t.between(of.begins_at ? moment(of.begins_at) : '…', of.ends_at ? moment(of.ends_at) : '…')}
        </p>
        <p class="warning-fact">
          <Icon of={pin} />
          {of.communes.length ? <span lang="vi">{of.communes.map(one => one.name).join(', ')}</span> : t.everywhere}
        </p>
      </div>
      {cleared(of) && <Note tone="good" title={t.over} />}
      {!cleared(of) && !stands(of) && !plain && <Note title={t.expired} />}
      {foreign && !plain && <p class="hint">{t.onlyVietnamese}</p>}
      <p lang={lang}>{what}</p>
      {steps.length > 0 && (
        <section>
          <h2>{t.steps}</h2>
          <ol class="warning-steps" lang={lang}>
            {steps.map((step, i) => (
              <li key={i}>{step}</li>
            ))}
          </ol>
        </section>
      )}
      {!plain && (
        <>
          <Tools of={of} />
          <Where of={of} />
        </>
      )}
      <p class="hint">
        {of.source && (
          <>
            {t.source}: <span lang="vi">{of.source}</span>.{' '}
          </>
        )}
        {of.number > 1 ? t.renewed(of.number, moment(of.sent_at)) : t.sent(moment(of.sent_at))}
      </p>
    </article>
  )
}

function Tools({ of }: { of: Alert }) {
  const told = useSignal('')
  const { headline, what, steps, lang } = words(of)
  useEffect(() => hush, [])
  const tell = async () => (told.value = await give({ title: headline, text: headline }, `/warnings/${of.id}`, t.shared))
  const mute = reading.value === of.id
  return (
    <div class="buttons no-print">
      <a class="button bad" href="/emergency">
        <Icon of={phone} />
        {t.call}
      </a>
      <button class="button" type="button" aria-pressed={mute} onClick={() => (mute ? hush() : (told.value = aloud(of.id, lang, [headline, what, ...steps]) ? '' : t.noVoice))}>
        <Icon of={sound} />
        {mute ? t.stop : t.listen}
      </button>
      <button class="button" type="button" onClick={() => void tell()}>
        <Icon of={share} />
        {t.share}
      </button>
      <span role="status">{told.value}</span>
    </div>
  )
}

function Where({ of }: { of: Alert }) {
  const map = useLater(drawing, of.communes.length > 0)
  return map && <map.Area codes={of.communes.map(one => one.code)} tone={tone(of)} />
}
