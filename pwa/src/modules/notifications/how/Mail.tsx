import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { Await } from '../../../core/ui'
import { useDeed } from '../../identity/deed'
import { latin } from '../../identity/digits'
import { Said } from '../../identity/Said'
import { t } from './text'

type Address = Reply<'GET /api/notifications/email'>

/** Where somebody reads mail: given here, and used once the digits that went there have come back. */
export function Mail() {
  const asked = useAsk('email', signal => api('GET /api/notifications/email', {}, signal))
  return <Await of={asked}>{first => <Form first={first} />}</Await>
}

function Form({ first }: { first: Address }) {
  const now = useSignal(first)
  const sent = useSignal(false)
  const address = useRef<HTMLInputElement>(null)
  const digits = useRef<HTMLInputElement>(null)
  const { busy, said, run } = useDeed()
  const send = () =>
    run(async () => {
      now.value = await api('PUT /api/notifications/email', { body: { address: address.current!.value } })
      sent.value = true
    })
  const confirm = () => run(async () => (now.value = await api('POST /api/notifications/email/confirm', { body: { digits: latin(digits.current!.value).replace(/\D/g, '') } })))
  return (
    <>
      <form class="steps" onSubmit={event => (event.preventDefault(), void send())}>
        <div class="field">
          <label for="mail">{t.mail}</label>
          <input ref={address} class="input" id="mail" type="email" list={undefined} autocomplete="email" required maxLength={254} defaultValue={now.value.address ?? ''} />
        </div>
        <p class="hint" role="status">
          {now.value.confirmed ? t.mailGood : sent.value ? t.mailSent : now.value.address ? t.mailWaits : ''}
        </p>
        <button class="button" type="submit" disabled={busy.value}>
          {t.mailSend}
        </button>
      </form>
      {now.value.address && !now.value.confirmed && (
        <form class="steps" onSubmit={event => (event.preventDefault(), void confirm())}>
          <div class="field">
            <label for="mail-code">{t.mailCode}</label>
            <input ref={digits} class="input four" id="mail-code" inputmode="numeric" autocomplete="one-time-code" required maxLength={6} />
          </div>
          <button class="button main" type="submit" disabled={busy.value}>
            {t.mailConfirm}
          </button>
        </form>
      )}
      <Said text={said.value?.()} />
    </>
  )
}
