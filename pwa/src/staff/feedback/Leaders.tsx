import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Workplace } from '../people/Workplace'
import { Field, Finish, Name, Panel, Said } from '../ui'
import { t } from './text'

type Leader = Reply<'GET /api/feedback/desk/leaders'>['items'][number]

/** Whom something urgent calls, unit by unit. */
export function Leaders() {
  const named = useAsk('report leaders', signal => read('GET /api/feedback/desk/leaders', {}, signal))
  const naming = useSignal<string>()
  const { busy, said, run } = useDeed()
  const remove = ({ unit }: Leader) => run(async () => void (await api('PUT /api/feedback/desk/leaders', { body: { unit, login: '' } }), named.again()))
  return (
    <Panel
      title={t.leaders}
      hint={t.leadersText}
      actions={
        <button class="button" type="button" onClick={() => (naming.value = '')}>
          {t.newLeader}
        </button>
      }
    >
      <Await of={named}>
        {({ items }) =>
          items.length ? (
            <ul class="acts">
              {items.map(one => (
                <li key={one.unit}>
                  <p>
                    <strong>{one.unit ? <span lang="vi">{one.unit_name ?? one.unit}</span> : t.theHub}</strong>
                    <span class="hint">
                      <Name of={one.name} /> <span class={one.reachable ? 'tag good' : 'tag warn'}>{one.reachable ? t.reachable : t.notReachable}</span>
                    </span>
                  </p>
                  <button class="button" type="button" disabled={busy.value} onClick={() => void remove(one)}>
                    {t.remove}
                    <span class="unseen" lang="vi">{` ${one.unit_name ?? ''}`}</span>
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <p class="hint">{t.noLeaders}</p>
          )
        }
      </Await>
      <Said text={said.value} />
      {naming.value !== undefined && <NameOne leave={() => (naming.value = undefined)} done={named.again} />}
    </Panel>
  )
}

function NameOne({ leave, done }: { leave: () => void; done: () => void }) {
  const hub = useSignal(true)
  const unit = useSignal('')
  const login = useSignal('')
  const { busy, said, run } = useDeed()
  const save = (close: () => void) =>
    run(async () => {
      await api('PUT /api/feedback/desk/leaders', { body: { unit: hub.value ? '' : unit.value, login: login.value } })
      close()
      done()
    })
  return (
    <Sheet title={t.newLeader} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), (hub.value || unit.value) && void save(close))}>
          <Field label={t.leaderOf}>
            {is => (
              <select {...is} class="input" value={hub.value ? 'hub' : 'unit'} onChange={event => (hub.value = event.currentTarget.value === 'hub')}>
                <option value="hub">{t.theHub}</option>
                <option value="unit">{t.ofUnit}</option>
              </select>
            )}
          </Field>
          {!hub.value && <Workplace value={unit.value} onChange={now => (unit.value = now)} />}
          <Field label={t.login}>{is => <input {...is} class="input mono" required maxLength={40} autocomplete="off" autocapitalize="none" spellcheck={false} value={login.value} onInput={event => (login.value = event.currentTarget.value)} />}</Field>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.save} leave={close} />
        </form>
      )}
    </Sheet>
  )
}
