import { useLocation } from 'preact-iso'
import { useAsk } from '../../core/ask'
import { connected } from '../../core/connection'
import { moment } from '../../core/moment'
import { followed, mine } from '../../core/preferences'
import { screen } from '../../core/screen'
import { resident } from '../../core/session'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Await, Page, Row } from '../../core/ui'
import { folder } from '../../core/ui/icons'
import '../identity/identity.css'
import { Ask } from './Ask'
import './dossiers.css'
import { fetchMine, inTurn } from './mine'
import { OwnRow } from './OwnRow'
import { t } from './text'
import { t as together } from './together/text'

/** Fetched by whoever is signed in. */
const Following = screen(together, () => import('./together/Following'))

export default function Dossiers() {
  const { route } = useLocation()
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      {resident.value?.id && <Mine />}
      {resident.value?.ends ? <Following /> : null}
      {followed.value.length > 0 && (
        <section class="section">
          <h2>{t.kept}</h2>
          <ul class="rows">
            {followed.value.map(({ standing, lang }) => (
              <Row key={standing.code} href={`/dossiers/${standing.code}`} icon={folder} title={standing.name} lang={lang}>
                <span class="hint">{standing.code}</span>
              </Row>
            ))}
          </ul>
        </section>
      )}
      <section class="section">
        {resident.value?.id && <h2>{t.bySlip}</h2>}
        <p>{t.lead}</p>
        <Ask found={one => route(`/dossiers/${one.standing.code}`)} />
      </section>
    </Page>
  )
}

/** Those filed with the phone they have signed in with. */
function Mine() {
  const asked = useAsk(`mine ${language.value}`, fetchMine)
  const copy = mine.value
  return (
    <section class="section">
      <h2>{t.mine}</h2>
      {copy && !connected.value && <p class="hint">{t.old(moment(copy.at))}</p>}
      <Await of={copy ? { ...asked, value: copy.of } : asked} rows={2}>
        {({ items }) =>
          items.length ? (
            <ul class="card rows">
              {inTurn(items).map(one => (
                <OwnRow key={one.standing.code} of={one} lang={copy?.lang ?? language.value} />
              ))}
            </ul>
          ) : (
            <p class="hint">{t.mineNone}</p>
          )
        }
      </Await>
    </section>
  )
}
