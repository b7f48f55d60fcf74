import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { Await, Icon } from '../../../core/ui'
import { mobile } from '../../../core/ui/icons'
import '../identity.css'
import './account.css'
import { SignOut } from './SignOut'
import { SignedIn } from '../SignedIn'
import { t as signing } from '../text'
import { Told } from '../Told'
import { t } from './text'

type Device = Reply<'GET /api/identity/devices'>['items'][number]

export default function Devices() {
  const devices = useAsk('devices', signal => api('GET /api/identity/devices', {}, signal))
  return (
    <SignedIn title={t.devices} path="/account/devices" back={['/account', t.account]}>
      <p>{t.devicesLead}</p>
      <Await of={devices}>{({ items }) => <List items={items} again={devices.again} />}</Await>
    </SignedIn>
  )
}

function List({ items, again }: { items: Device[]; again: () => void }) {
  const told = useSignal('')
  const said = useSignal<() => string>(() => '')
  const busy = useSignal(false)
  const leaving = useSignal(false)
  const others = items.filter(one => !one.current)

  async function end(deed: () => Promise<unknown>, sentence: string) {
    busy.value = true
    told.value = ''
    said.value = () => ''
    try {
      await deed()
      told.value = sentence
    } catch (cause) {
      // Ended from another device meanwhile: what was wanted is so.
      if (cause instanceof Problem && cause.status === 404) told.value = sentence
      else said.value = () => (cause instanceof Problem && !cause.offline ? cause.said.title ?? cause.message : signing.noLine)
    }
    busy.value = false
    again()
  }

  return (
    <>
      <Told text={told.value} />
      <p class="said" role="alert">
        {said.value()}
      </p>
      <ul class="devices">
        {items.map(one => (
          <li key={one.id} class="card device">
            <span class="blob">
              <Icon of={mobile} />
            </span>
            <div>
              <p class="strong">{one.device || t.unknownDevice}</p>
              <p class="facts-line">
                {one.current && <span class="tag good">{t.thisDevice}</span>}
                {one.shared && <span class="tag warn">{t.sharedDevice}</span>}
              </p>
              <p class="hint">
                {t.with(t.method[one.method])} · {t.since(moment(one.signed_in_at))}
              </p>
              {!one.current && <p class="hint">{t.lastUsed(moment(one.seen_at))}</p>}
              <button
                class="button"
                type="button"
                disabled={busy.value}
                onClick={() => (one.current ? (leaving.value = true) : void end(() => api('DELETE /api/identity/devices/{device_id}', { device_id: one.id }), t.ended(one.device || t.unknownDevice)))}
              >
                {one.current ? t.signOut : t.end}
                {!one.current && <span class="unseen"> {one.device || t.unknownDevice}</span>}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <div>
          <button class="button bad" type="button" disabled={busy.value} onClick={() => void end(() => api('DELETE /api/identity/devices', {}), t.endedOthers)}>
            {t.endOthers}
          </button>
          <p class="hint">{t.endOthersText}</p>
        </div>
      )}
      {leaving.value && <SignOut onClose={() => (leaving.value = false)} />}
    </>
  )
}
