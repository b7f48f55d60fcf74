import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { me, pushState, type PushState, tryOut, turnOn } from '../../core/push'
import { startWorker } from '../../core/versions'
import { Note, Row, Skeleton } from '../../core/ui'
import { useDeed } from '../deed'
import { moment } from '../times'
import { Nothing, Panel, Said, Screen } from '../ui'
import { calls, look } from './calls'
import { t } from './text'

/** What calls for whoever works here, and the devices that ring for it whether they are signed in there or not. */
export default function Bell() {
  const { query, route } = useLocation()
  const { open } = query as { open?: string }
  useEffect(() => {
    if (!open) return void look().catch(() => {})
    void api('PUT /api/notifications/work/{entry_id}/read', { entry_id: open }).then(one => route(one.path, true), () => route('/staff/bell', true))
  }, [open])
  const told = calls.value
  return (
    <Screen title={t.title} lead={t.lead} narrow>
      <Devices />
      <Panel title={t.calls}>
        {!told ? (
          <Skeleton rows={3} />
        ) : told.items.length ? (
          <ul class="rows quiet">
            {told.items.map(one => (
              <Row key={one.id} href={`/staff/bell?open=${one.id}`} title={<>{!one.read_at && <span class="tag warn">{t.unread}</span>} {one.title}</>}>
                <span>{one.body}</span>
                <span class="hint">{moment(one.at)}</span>
              </Row>
            ))}
          </ul>
        ) : (
          <Nothing title={t.none}>
            <p>{t.noneText}</p>
          </Nothing>
        )}
      </Panel>
    </Screen>
  )
}

function Devices() {
  const state = useSignal<PushState>()
  const here = useSignal<string>()
  const tried = useSignal('')
  const { busy, said, run } = useDeed()
  async function see() {
    state.value = await pushState().catch(() => 'unsupported' as const)
    here.value = (await me().catch(() => undefined))?.id
  }
  useEffect(() => void see(), [])
  const devices = calls.value?.devices ?? []
  const rings = devices.some(one => one.id === here.value) && state.value === 'on'
  const bind = () =>
    run(async () => {
      await startWorker()
      if ((await turnOn()) !== 'on') return void (await see())
      const known = (await me())!
      await api('PUT /api/notifications/work/devices/{device_id}', { device_id: known.id, headers: { 'Device-Secret': known.secret } })
      await Promise.all([see(), look()])
    })
  const loosen = (device_id: string) =>
    run(async () => {
      await api('DELETE /api/notifications/work/devices/{device_id}', { device_id }).catch((cause: unknown) => {
        if (!(cause instanceof Problem && cause.status === 404)) throw cause
      })
      await look()
    })
  return (
    <Panel title={t.devices} hint={t.devicesText}>
      {devices.length > 0 && (
        <ul class="rows quiet">
          {devices.map(one => (
            <li key={one.id} class="line">
              <strong>
                {one.name || t.aDevice} {one.id === here.value && <span class="tag good">{t.thisOne}</span>}
              </strong>
              <button class="button" type="button" disabled={busy.value} onClick={() => void loosen(one.id)}>
                {t.loosen}
              </button>
            </li>
          ))}
        </ul>
      )}
      {state.value === 'denied' || state.value === 'unsupported' || state.value === 'install-first' ? (
        <Note tone="warn">{state.value === 'denied' ? t.denied : t.unsupported}</Note>
      ) : rings ? (
        <p>
          <button class="button" type="button" disabled={busy.value} onClick={() => void run(() => tryOut(message => (tried.value = message.shown_at ? t.shown : t.sent)))}>
            {t.tryOut}
          </button>{' '}
          <span role="status">{tried.value}</span>
        </p>
      ) : (
        <p>
          <button class="button main" type="button" disabled={busy.value || !state.value} onClick={() => void bind()}>
            {t.bind}
          </button>
        </p>
      )}
      <Said text={said.value} />
    </Panel>
  )
}
