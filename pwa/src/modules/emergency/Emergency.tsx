import { province } from '../../core/province'
import { home } from '../../core/preferences'
import { t as core } from '../../core/text/words'
import { Icon, Mixed, Page, Row } from '../../core/ui'
import { building, phone, pin, warning } from '../../core/ui/icons'
import './emergency.css'
import { numbers } from './numbers'
import { t } from './text'

/** Whom to call, for what. It asks nothing of the server: it lies on the phone with the app. */
export default function Emergency() {
  const mine = home.value
  const { hotline } = province
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      <p>{t.lead}</p>
      <ul class="calls">
        {numbers.map(({ number, what }) => (
          <Call key={number} number={number} what={t.for[what][0]!} whom={t.for[what][1]!} />
        ))}
      </ul>
      <p class="hint">{t.unsure}</p>
      <section class="section">
        <h2>{t.say}</h2>
        <ul class="calls-say">
          {t.saying.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section class="section">
        <h2>{t.others}</h2>
        {hotline && (
          <ul class="calls">
            <Call number={hotline.number} what={t.hotline} whom={hotline.name} />
          </ul>
        )}
        <ul class="card rows">
          <Row href="/warnings" icon={warning} title={t.warnings}>
            <span class="hint">{t.warningsText}</span>
          </Row>
          {mine ? (
            <Row href={`/places/${mine.code}`} icon={building} title={<Mixed of={t.mine} names={[mine.name]} />}>
              <span class="hint">{t.mineText}</span>
            </Row>
          ) : (
            <Row href="/places" icon={pin} title={t.anywhere}>
              <span class="hint">{t.anywhereText}</span>
            </Row>
          )}
        </ul>
      </section>
    </Page>
  )
}

const Call = ({ number, what, whom }: { number: string; what: string; whom: string }) => (
  <li>
    <a class="call" href={`tel:${number.replace(/[^+\d]/g, '')}`}>
      <span class="unseen">{t.call(number)}</span>
      <b aria-hidden="true">{number}</b>
      <span>
        <strong>{what}</strong>
        <small>{whom}</small>
      </span>
      <Icon of={phone} />
    </a>
  </li>
)
