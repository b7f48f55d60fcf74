import { province } from '../../core/province'
import { Page, Row } from '../../core/ui'
import { t } from './text'

export default function About() {
  return (
    <Page title={t.aboutTitle} back={['/settings', t.back]}>
      <p>
        <strong>{province.app}</strong> · {t.version(__VERSION__)}
      </p>
      <Part title={t.whatTitle} lines={[t.what(province.name)]} />
      <Part title={t.sourceTitle} lines={[t.source, t.units]} />
      <Part title={t.privacyTitle} lines={t.privacy} />
      <Part title={t.licenceTitle} lines={[t.licence]} />
      <ul class="rows">
        <Row href="/design" title={t.design} />
      </ul>
    </Page>
  )
}

const Part = ({ title, lines }: { title: string; lines: string[] }) => (
  <section class="section">
    <h2>{title}</h2>
    {lines.map(line => (
      <p key={line}>{line}</p>
    ))}
  </section>
)
