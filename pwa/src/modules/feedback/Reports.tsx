import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { connected } from '../../core/connection'
import { moment } from '../../core/moment'
import { reported } from '../../core/preferences'
import { mark, resident } from '../../core/session'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { tongue } from '../../core/tongue'
import { Await, Empty, Icon, Page, Row } from '../../core/ui'
import { flag } from './drawings'
import './feedback.css'
import type { Item } from './kept'
import { items, read, send } from './outbox'
import { t } from './text'
import { tone } from './tone'

type Summary = Reply<'GET /api/feedback/reports'>['items'][number]

/** What was written on this phone, and what was sent from any. */
export default function Reports() {
  const { route } = useLocation()
  useEffect(() => void read().then(send), [mark.value?.id])
  const here = items.value ?? []
  // What the server lists below stands there alone.
  const listed = new Set(resident.value?.id ? reported.value?.of.list?.items.map(one => one.key) : [])
  const shown = here.filter(one => one.stage !== 'sent' || !listed.has(one.operation))
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      <p>{t.lead}</p>
      <div class="buttons">
        <button class="button main" type="button" onClick={() => route(`/reports/new/${crypto.randomUUID()}`)}>
          <Icon of={flag} />
          {t.begin}
        </button>
        <a class="button" href="/reports/public">
          {t.around}
        </a>
      </div>
      {shown.length > 0 && (
        <section class="section">
          <h2>{t.onPhone}</h2>
          <ul class="card rows">
            {shown.map(one => (
              <Here key={one.operation} of={one} />
            ))}
          </ul>
        </section>
      )}
      {resident.value?.id ? (
        <Mine />
      ) : (
        <p class="hint">
          {t.signIn} <a href="/sign-in?next=/reports">{t.toSignIn}</a>
        </p>
      )}
      {!resident.value?.id && items.value && !shown.length && (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
        </Empty>
      )}
    </Page>
  )
}

const TONES = { draft: '', waiting: ' warn', refused: ' bad', sent: ' good' }
const Here = ({ of: one }: { of: Item }) => (
  <Row href={one.about ? `/reports/${one.about.key}` : one.stage === 'draft' ? `/reports/new/${one.operation}` : `/reports/${one.operation}`} title={one.body.text.slice(0, 90) || t.untitled} lang={one.body.text ? tongue(one.body.text) : undefined}>
    <span class="facts-line">
      <span class={`tag${TONES[one.stage]}`}>{t.stages[one.stage]}</span>
      <span>{moment(one.at)}</span>
    </span>
  </Row>
)

function Mine() {
  const asked = useAsk(`reports ${language.value}`, async signal => {
    const list = await api('GET /api/feedback/reports', { limit: 50 }, signal)
    reported.value = { at: new Date().toISOString(), lang: language.peek(), of: { ...reported.peek()?.of, list } }
    return list
  })
  const copy = reported.value
  // In another language only when there is nothing newer to be had.
  const value = asked.value ?? (copy?.lang === language.value || asked.failed ? copy?.of.list : undefined)
  return (
    <section class="section">
      <h2>{t.mine}</h2>
      {copy && !connected.value && <p class="hint">{t.old(moment(copy.at))}</p>}
      <Await of={value ? { ...asked, value } : asked} rows={2}>
        {({ items }) =>
          items.length ? (
            <ul class="card rows">
              {items.map(one => (
                <Sent key={one.key} of={one} />
              ))}
            </ul>
          ) : (
            <Empty title={t.none}>
              <p>{t.noneText}</p>
            </Empty>
          )
        }
      </Await>
    </section>
  )
}

const Sent = ({ of: one }: { of: Summary }) => (
  <Row href={`/reports/${one.key}`} title={<span lang={one.begins ? tongue(one.begins) : undefined}>{one.begins || one.category_name}</span>}>
    <span class="facts-line">
      <span class={`tag${tone(one)}`}>{one.state_name}</span>
      <span>{moment(one.arrived_at)}</span>
      {!one.mine && <span>{t.followed}</span>}
    </span>
    <span class="hint">
      {one.code}
      {one.commune_name && (
        <>
          {' · '}
          <span lang="vi">{one.commune_name}</span>
        </>
      )}
    </span>
  </Row>
)
