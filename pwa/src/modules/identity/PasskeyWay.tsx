import { useEffect, useRef } from 'preact/hooks'
import { api, type Asked } from '../../core/api'
import { Icon } from '../../core/ui'
import { fingerprint } from '../../core/ui/icons'
import type { Caller } from './begin'
import { useDeed } from './deed'
import { offersPasskeys, unlocking, usePasskey } from './passkey'
import { progress } from './progress'
import { Said } from './Said'
import { t } from './text'

type Credential = Asked<'POST /api/identity/passkeys/sign-in'>['body']['credential']

const begin = async () => (await api('POST /api/identity/passkeys/sign-in/options', {})).options

/** Whoever has a passkey types nothing: the browser offers it in the field for the number, and a button asks for it. */
export function PasskeyWay({ onSignedIn }: { onSignedIn: (caller: Caller) => Promise<unknown> }) {
  const { busy, said, run } = useDeed()
  const offer = useRef<AbortController>(undefined)

  async function signIn(credential: Credential) {
    const { caller } = await api('POST /api/identity/passkeys/sign-in', { body: { credential, shared: progress.peek().shared } })
    // A passkey of the console opens the console.
    if (caller!.kind === 'staff') location.replace('/staff')
    else await onSignedIn(caller!)
  }

  useEffect(() => {
    const { signal } = (offer.current = new AbortController())
    async function wait() {
      if (!(await offersPasskeys())) return
      const credential = await usePasskey(await begin(), signal)
      await run(() => signIn(credential))
    }
    // Nobody has asked for it, so nobody is told when it does not come.
    wait().catch(() => {})
    return () => offer.current?.abort()
  }, [])

  function ask() {
    // A browser answers one such question at a time.
    offer.current?.abort()
    void run(async () => signIn(await usePasskey(await begin())))
  }

  if (!unlocking.value) return null
  return (
    <div class="or">
      <p class="hint">{t.or}</p>
      <button class="button full" type="button" disabled={busy.value} onClick={ask}>
        <Icon of={fingerprint} />
        {t.withPasskey}
      </button>
      <Said text={said.value?.()} />
    </div>
  )
}
