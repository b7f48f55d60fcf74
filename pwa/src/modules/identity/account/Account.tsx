import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { useLater } from '../../../core/later'
import { recall } from '../../../core/memory'
import { mark } from '../../../core/session'
import { ready } from '../../../core/text'
import { Await, Icon, Note, Row } from '../../../core/ui'
import { card, eye, fingerprint, mobile, out, person, shield } from '../../../core/ui/icons'
import { allUnits } from '../../places/units'
import { caller } from '../begin'
import '../identity.css'
import './account.css'
import { nameLanguage } from './name'
import { SignOut } from './SignOut'
import { SignedIn } from '../SignedIn'
import { t as signing } from '../text'
import { t } from './text'
import { useWays } from '../ways'

export default function Account() {
  const { query } = useLocation()
  return (
    <SignedIn title={t.account} path="/account" back={['/settings', t.settings]}>
      {'another' in query && <Note tone="warn">{signing.another}</Note>}
      {'moved' in query && <Note tone="good">{t.moved}</Note>}
      <Overview />
    </SignedIn>
  )
}

async function offer() {
  const [part, { t }] = await Promise.all([import('../passkeys/Offer'), import('../passkeys/text')])
  await ready(t)
  return part
}

const vneid = () => import('../Vneid')

/** Everything about the account in one look; each row leads to where it is changed. */
function Overview() {
  const { query } = useLocation()
  const leaving = useSignal(false)
  const profile = useAsk('profile', signal => api('GET /api/identity/profile', {}, signal))
  const devices = useAsk('devices', signal => api('GET /api/identity/devices', {}, signal)).value?.items
  const passkeys = useAsk('passkeys', signal => api('GET /api/identity/passkeys', {}, signal))
  const none = passkeys.value?.items.length === 0
  const later = useLater(offer, none && !recall('no-passkey'))
  const units = useAsk('units', allUnits).value
  const ways = useWays()
  const method = devices?.find(one => one.current)?.method
  const level = (caller.value?.assurance ?? 0) as keyof typeof t.level | 0
  const higher = useLater(vneid, !!ways?.vneid && level > 0 && level < 3)
  return (
    <>
      <Await of={profile}>
        {me => (
          <>
            <div class="card me">
              <span class="blob" aria-hidden="true">
                {/* People are called by the last word of their name. */}
                {me.name ? me.name.split(' ').at(-1)![0] : <Icon of={person} />}
              </span>
              <div>
                <p class="me-name" lang={nameLanguage(me.name)}>
                  {me.name || t.noName}
                </p>
                {me.phone && <Phone of={me.phone} />}
                {level > 0 && (
                  <p class="hint">
                    {t.levelIs(level)} {t.level[level as keyof typeof t.level]}
                    {method && ` ${t.signedInWith(t.method[method])}`}
                  </p>
                )}
              </div>
            </div>
            {later && <later.Offer none={none} again={passkeys.again} />}
            <ul class="card rows">
              <Row href="/account/profile" icon={person} title={t.profile}>
                <span class="hint" lang={me.commune_code ? 'vi' : undefined}>
                  {me.commune_code ? units?.find(one => one.code === me.commune_code)?.name : t.noCommune}
                </span>
              </Row>
              <Row href="/account/national-id" icon={card} title={t.nationalId}>
                <span class="hint">{me.national_id ?? t.notGiven}</span>
              </Row>
              <Row href="/account/devices" icon={mobile} title={t.devices}>
                <span class="hint">{devices ? t.devicesCount(devices.length) : ''}</span>
              </Row>
              <Row href="/account/passkeys" icon={fingerprint} title={t.passkeys}>
                <span class="hint">{passkeys.value ? t.passkeysCount(passkeys.value.items.length) : ''}</span>
              </Row>
              <Row href="/account/privacy" icon={shield} title={t.privacy}>
                <span class="hint">{t.privacyHint}</span>
              </Row>
            </ul>
            {higher && (
              <section class="section">
                <h2>{t.raise}</h2>
                <p>{'moved' in query ? t.raiseAgain : t.raiseText}</p>
                <higher.Vneid next="/account" shared={!!mark.value?.shared} label={signing.withVneid} />
              </section>
            )}
            {/* By VNeID alone: perhaps a second one, made since the first was recovered at a desk without its VNeID. */}
            {level > 1 && !me.phone && <p class="hint">{t.second}</p>}
          </>
        )}
      </Await>
      {/* Without a line, too: the phone may go into other hands just now. */}
      <div>
        <button class="button" type="button" onClick={() => (leaving.value = true)}>
          <Icon of={out} />
          {t.signOut}
        </button>
      </div>
      {leaving.value && <SignOut onClose={() => (leaving.value = false)} />}
    </>
  )
}

/** Hidden from whoever looks over the shoulder, until it is asked for. */
function Phone({ of }: { of: string }) {
  const whole = useSignal(false)
  return (
    <p class="me-phone">
      <span>{whole.value ? of : of.replace(/^(\S+ ).*( \S+)$/, '$1•••$2')}</span>
      <button class="button bare" type="button" aria-pressed={whole.value} onClick={() => (whole.value = !whole.value)}>
        <Icon of={eye} />
        {whole.value ? t.hide : t.show}
      </button>
    </p>
  )
}
