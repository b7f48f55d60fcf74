import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { day, language } from '../../core/text'
import { Await, Row } from '../../core/ui'
import { download, eye } from '../../core/ui/icons'
import '../identity/identity.css'
import { SignedIn } from '../identity/SignedIn'
import { t as signing } from '../identity/text'
import './privacy.css'
import { t } from './text'

type Purpose = Reply<'GET /api/privacy/consents'>['items'][number]

export default function Privacy() {
  const consents = useAsk(`consents ${language.value}`, signal => api('GET /api/privacy/consents', {}, signal))
  return (
    <SignedIn title={t.title} path="/account/privacy" back={['/account', t.account]}>
      <p>{t.lead}</p>
      <ul class="card rows">
        <Row href="/account/looks" icon={eye} title={t.looks}>
          <span class="hint">{t.looksHint}</span>
        </Row>
        <Row href="/account/data" icon={download} title={t.data}>
          <span class="hint">{t.dataHint}</span>
        </Row>
      </ul>
      <section class="section">
        <h2>{t.consents}</h2>
        <p class="hint">{t.consentsText}</p>
        <Await of={consents}>
          {({ items }) => (
            <ul class="consents">
              {items.map(one => (
                <Consent key={one.purpose} of={one} again={consents.again} />
              ))}
            </ul>
          )}
        </Await>
      </section>
    </SignedIn>
  )
}

/** One purpose in its own words; ticked only by the person, and unticked as easily. */
function Consent({ of: { purpose, version, title, text, given_at }, again }: { of: Purpose; again: () => void }) {
  const busy = useSignal(false)
  const told = useSignal('')
  const said = useSignal<() => string>(() => '')
  // Ticked at once, and as the server says afterwards.
  const ticked = useSignal(!!given_at)
  useEffect(() => void (ticked.value = !!given_at), [given_at])
  async function choose(agree: boolean) {
    busy.value = true
    ticked.value = agree
    told.value = ''
    said.value = () => ''
    try {
      if (agree) await api('PUT /api/privacy/consents/{purpose}', { purpose, body: { version } })
      else await api('DELETE /api/privacy/consents/{purpose}', { purpose })
      told.value = agree ? t.agreed : t.withdrawn
    } catch (cause) {
      ticked.value = !agree
      const changed = cause instanceof Problem && cause.status === 412
      said.value = () => (changed ? t.textChanged : cause instanceof Problem && !cause.offline ? cause.said.title ?? cause.message : signing.noLine)
    }
    busy.value = false
    again()
  }
  return (
    <li class="card">
      <h3>{title}</h3>
      <p>{text}</p>
      <label class="choice">
        <input type="checkbox" checked={ticked.value} disabled={busy.value} onChange={event => void choose(event.currentTarget.checked)} />
        <span>
          {t.agree}
          <span class="unseen">: {title}</span>
        </span>
      </label>
      <p class="hint" role="status">
        {told.value || (ticked.value && given_at ? t.agreedOn(day(given_at)) : '')}
      </p>
      <p class="said" role="alert">
        {said.value()}
      </p>
    </li>
  )
}
