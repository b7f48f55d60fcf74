import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { mark, need } from '../../core/session'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { type Caller, signOut } from '../../modules/identity/begin'
import { CodeField } from '../../modules/identity/CodeField'
import { met } from '../../modules/identity/met'
import { passkeysHere, usePasskey } from '../../modules/identity/passkey'
import { ShownCode } from '../../modules/identity/ShownCode'
import { read } from '../access'
import { useDeed } from '../deed'
import { key } from '../icons'
import { t } from '../text'
import { Icon, Said } from '../ui'
import { Steps } from './Steps'

/** Over whatever is being done, which stays as it is: sign in again, or prove once more that it is you. */
export default function Door() {
  const { what, done } = need.value!
  const proof = what === 'proof-needed'
  return (
    // Behind a lapsed session nobody reads on: the way out of that dialog leads out of the console.
    <Sheet key={what} title={proof ? t.proveTitle : t.doorTitle} firm={!proof} onClose={() => done(false)}>
      {close => (
        <>
          <p>{proof ? t.proveLead : t.doorLead}</p>
          {proof ? <Prove onProved={caller => met(caller).then(close)} /> : <Steps frame={Part} onSignedIn={caller => met(caller).then(close)} />}
          <button class="button bare" type="button" onClick={() => (proof ? close() : void signOut(true))}>
            {proof ? t.cancel : t.leaveUnsaved}
          </button>
        </>
      )}
    </Sheet>
  )
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="form">
    <h3 class="unseen">{title}</h3>
    {children}
  </section>
)

/** Once more, with what this person has: a passkey, or the code of the authenticator app. */
function Prove({ onProved }: { onProved: (caller: Caller) => Promise<void> }) {
  const ways = useAsk(`ways ${mark.peek()?.ends}`, signal => read('GET /api/identity/prove', {}, signal))
  const digits = useSignal('')
  const { busy, said, run } = useDeed()
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [ways.value])

  const withPasskey = () =>
    run(async () => {
      const { options } = await api('POST /api/identity/prove/passkey/options', {})
      const credential = await usePasskey(options)
      await onProved((await api('POST /api/identity/prove/passkey', { body: { credential } })).caller!)
    })
  async function check(typed: string) {
    const wrong = ({ said: { type } }: Problem) => type === 'code-refused' && !!(said.value = t.wrongCode)
    if (await run(async () => onProved((await api('POST /api/identity/prove/authenticator', { body: { digits: typed } })).caller!), wrong)) return
    digits.value = ''
    field.current?.focus()
  }
  const type = (typed: string) => {
    said.value = ''
    digits.value = typed
    if (typed.length === 6) void check(typed)
  }
  return (
    <Await of={ways} rows={1}>
      {({ passkey, authenticator, shown }) => (
        <div class="form">
          {passkey && passkeysHere && (
            <button class="button main full" type="button" disabled={busy.value} onClick={() => void withPasskey()}>
              <Icon of={key} />
              {t.withPasskey}
            </button>
          )}
          {authenticator && (
            <>
              <p class="strong">{t.codeTitle}</p>
              {shown && <ShownCode code={shown} title={t.demo} fill={t.fill} onFill={type} />}
              <CodeField label={t.codeLabel} value={digits.value} onInput={type} field={field} busy={busy.value} {...(said.value ? { said: 'prove-said' } : {})} />
            </>
          )}
          {!authenticator && !(passkey && passkeysHere) && <p>{t.noProofHere}</p>}
          <Said id="prove-said" text={said.value} />
          {said.value && shown !== undefined && (
            <div>
              <button class="button" type="button" onClick={ways.again}>
                {t.refresh}
              </button>
            </div>
          )}
        </div>
      )}
    </Await>
  )
}
