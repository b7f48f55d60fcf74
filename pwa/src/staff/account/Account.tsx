import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { textSize, type Theme, theme } from '../../core/preferences'
import { type Language, languages } from '../../core/language'
import { choose, day, language } from '../../core/text'
import { Await, Choices, Icon, Note } from '../../core/ui'
import { makePasskey, passkeysHere } from '../../modules/identity/passkey'
import { Sheet } from '../../core/ui/Sheet'
import { member, read } from '../access'
import { useDeed } from '../deed'
import { key } from '../icons'
import { useWorkplaces } from '../places'
import { t } from '../text'
import { moment } from '../times'
import { Facts, Name, Panel, PasswordField, Said, Screen } from '../ui'

export default function Account() {
  const places = useWorkplaces()
  const { query } = useLocation()
  const me = member.value!
  return (
    <Screen title={t.ownAccount} narrow>
      {'welcome' in query && (
        <Note tone="good" title={t.welcome}>
          {t.welcomeText}
        </Note>
      )}
      <Panel>
        <Facts
          of={[
            [t.name, <strong><Name of={me.name} /></strong>],
            [t.workplace, <span lang="vi">{places.name(me.unit)}</span>],
          ]}
        />
      </Panel>
      <Passkeys />
      <Password />
      <SecondFactor />
      <Browsers />
      <Looks />
    </Screen>
  )
}

function Passkeys() {
  const mine = useAsk('passkeys', signal => read('GET /api/identity/passkeys', {}, signal))
  const leaving = useSignal<{ id: string; device: string }>()
  const told = useSignal('')
  const { busy, said, run } = useDeed()
  const add = () =>
    run(async () => {
      told.value = ''
      const { options } = await api('POST /api/identity/passkeys/options', {})
      const credential = await makePasskey(options).catch((cause: unknown) => {
        if (cause instanceof DOMException && cause.name === 'InvalidStateError') throw new Problem(409, { title: t.passkeyHereAlready })
        throw cause
      })
      await api('POST /api/identity/passkeys', { body: { device: '', credential } })
      told.value = t.passkeyAdded
      mine.again()
    })
  return (
    <Panel title={t.passkeys} hint={t.passkeysText}>
      <Await of={mine} rows={1}>
        {({ items }) =>
          items.length > 0 && (
            <ul class="rows quiet">
              {items.map(one => (
                <li key={one.id} class="line">
                  <span>
                    <strong>{one.device}</strong>
                    <span class="hint block">{t.passkeyDates(day(one.created_at), one.last_used_at ? day(one.last_used_at) : t.never)}</span>
                  </span>
                  <button class="button" type="button" onClick={() => (leaving.value = one)}>
                    {t.remove}
                    <span class="unseen"> {one.device}</span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      <p class="told" role="status">
        {told.value}
      </p>
      <Said text={said.value} />
      <div>
        {passkeysHere ? (
          <button class="button" type="button" disabled={busy.value} onClick={() => void add()}>
            <Icon of={key} />
            {t.addPasskey}
          </button>
        ) : (
          <p class="hint">{t.noPasskeysHere}</p>
        )}
      </div>
      {leaving.value && (
        <Sheet title={t.removePasskey} onClose={() => (leaving.value = undefined)}>
          {close => (
            <div class="form">
              <p>{t.removePasskeyText(leaving.value!.device)}</p>
              <Said text={said.value} />
              <div class="buttons">
                <button
                  class="button main"
                  type="button"
                  disabled={busy.value}
                  onClick={() =>
                    void run(() => api('DELETE /api/identity/passkeys/{passkey_id}', { passkey_id: leaving.value!.id })).then(done => {
                      if (!done) return
                      told.value = t.passkeyRemoved
                      mine.again()
                      close()
                    })
                  }
                >
                  {t.remove}
                </button>
                <button class="button" type="button" onClick={close}>
                  {t.cancel}
                </button>
              </div>
            </div>
          )}
        </Sheet>
      )}
    </Panel>
  )
}

function Password() {
  const current = useSignal('')
  const fresh = useSignal('')
  const told = useSignal('')
  const wrong = useSignal<{ current?: string; fresh?: string }>({})
  const { busy, said, run } = useDeed()
  const typed = () => {
    wrong.value = {}
    told.value = ''
  }
  async function change() {
    const refused = ({ said: { type, title } }: Problem) => {
      if (type === 'password-refused') wrong.value = { current: title! }
      else if (type === 'password-too-weak') wrong.value = { fresh: title! }
      else return false
      return true
    }
    if (!(await run(() => api('PUT /api/identity/staff-sign-in/password', { body: { current: current.value, password: fresh.value } }), refused))) return
    current.value = fresh.value = ''
    told.value = t.passwordChanged
  }
  return (
    <Panel title={t.password} hint={t.passwordText}>
      <form class="form" onSubmit={event => (event.preventDefault(), void change())}>
        <PasswordField label={t.currentPassword} said={wrong.value.current} value={current.value} onInput={now => (typed(), (current.value = now))} />
        <PasswordField label={t.newPassword} hint={t.passwordRule} said={wrong.value.fresh} value={fresh.value} onInput={now => (typed(), (fresh.value = now))} fresh />
        <Said text={said.value} />
        <div class="buttons">
          <button class="button" type="submit" disabled={busy.value}>
            {busy.value ? t.saving : t.changePassword}
          </button>
        </div>
        <p class="told" role="status">
          {told.value}
        </p>
      </form>
    </Panel>
  )
}

function SecondFactor() {
  const ways = useAsk('own ways', signal => read('GET /api/identity/prove', {}, signal))
  return (
    <Panel title={t.authenticator}>
      <Await of={ways} rows={1}>
        {({ authenticator }) => (
          <>
            <p>{authenticator ? <span class="tag good">{t.authenticatorOn}</span> : <span class="tag warn">{t.authenticatorOff}</span>}</p>
            <p class="hint">{t.authenticatorText}</p>
          </>
        )}
      </Await>
    </Panel>
  )
}

function Browsers() {
  const devices = useAsk('devices', signal => read('GET /api/identity/devices', {}, signal))
  const { busy, said, run } = useDeed()
  const end = (deed: () => Promise<unknown>) => run(deed).then(devices.again)
  return (
    <Panel title={t.browsers} hint={t.browsersText}>
      <Await of={devices} rows={2}>
        {({ items }) => (
          <>
            <ul class="rows quiet">
              {items.map(one => (
                <li key={one.id} class="line">
                  <span>
                    <strong>{one.device || t.unknownBrowser}</strong> {one.current && <span class="tag good">{t.thisBrowser}</span>}
                    <span class="hint block">{t.browserDates(moment(one.signed_in_at), moment(one.seen_at))}</span>
                  </span>
                  {!one.current && (
                    <button class="button" type="button" disabled={busy.value} onClick={() => void end(() => api('DELETE /api/identity/devices/{device_id}', { device_id: one.id }))}>
                      {t.signOutThere}
                    </button>
                  )}
                </li>
              ))}
            </ul>
            <Said text={said.value} />
            {items.length > 1 && (
              <div>
                <button class="button bad" type="button" disabled={busy.value} onClick={() => void end(() => api('DELETE /api/identity/devices', {}))}>
                  {t.signOutOthers}
                </button>
              </div>
            )}
          </>
        )}
      </Await>
    </Panel>
  )
}

type Size = keyof typeof t.sizes

function Looks() {
  return (
    <Panel title={t.looks} hint={t.looksText}>
      <Choices legend={t.language} name="language" row value={language.value} onChange={next => void choose(next)} of={(Object.keys(languages) as Language[]).map(value => ({ value, label: languages[value], lang: value }))} />
      <Choices legend={t.size} name="size" row value={String(textSize.value) as Size} onChange={next => (textSize.value = Number(next))} of={(['0', '1', '2', '3'] as Size[]).map(value => ({ value, label: t.sizes[value] }))} />
      <Choices legend={t.theme} name="theme" row value={theme.value} onChange={next => (theme.value = next)} of={(['system', 'light', 'dark'] as Theme[]).map(value => ({ value, label: t.themes[value] }))} />
    </Panel>
  )
}
