import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { useDraft } from '../../../core/draft'
import { mark, need } from '../../../core/session'
import { Await, Icon } from '../../../core/ui'
import { fingerprint } from '../../../core/ui/icons'
import { CodeForm, codeForm } from '../code'
import { useDeed } from '../deed'
import { met } from '../met'
import { own } from '../next'
import { passkeysHere, usePasskey } from '../passkey'
import { onItsWay, type Sent } from '../progress'
import { Said } from '../Said'
import { Sheet } from '../../../core/ui/Sheet'
import { t as signing } from '../text'
import { Vneid } from '../Vneid'
import { t } from './text'

type Ways = Reply<'GET /api/identity/prove'>

/** Over whatever the person is doing, which stays as it is: prove once more who one is, and go on. */
export default function Proof() {
  return (
    <Sheet title={t.title} onClose={() => need.peek()?.done(false)}>
      {close => (
        <>
          <p>{t.lead}</p>
          <Prove close={close} />
          <button class="button bare" type="button" onClick={close}>
            {signing.cancel}
          </button>
        </>
      )}
    </Sheet>
  )
}

/** With what this person has: a passkey, or a code to their own phone; no number to type. */
function Prove({ close }: { close: () => void }) {
  const ways = useAsk(`ways to prove ${mark.peek()?.id}`, signal => api('GET /api/identity/prove', {}, signal))
  // The session ended meanwhile: signing in comes first, and is a proof too.
  const ended = ways.failed?.status === 401
  useEffect(() => {
    if (ended && need.peek()) need.value = { ...need.peek()!, what: 'sign-in-needed' }
  }, [ended])
  return (
    <Await of={ways} rows={1}>
      {of => <Choose of={of} close={close} />}
    </Await>
  )
}

function Choose({ of: { passkey, phone, vneid }, close }: { of: Ways; close: () => void }) {
  // Whoever closes the dialog, or the page, and comes back has the code still.
  const draft = useDraft<{ sent: Sent; digits: string }>('proof')
  const { busy, said, run } = useDeed()
  const { sent, digits } = draft.value ?? { digits: '' }
  async function proved({ caller }: Reply<'POST /api/identity/prove/passkey'>) {
    draft.value = undefined
    await met(caller!)
    close()
  }
  async function send() {
    await codeForm()
    draft.value = { digits: '', sent: onItsWay(phone!, await api('POST /api/identity/prove/codes', {})) }
  }
  if (sent && sent.expires > Date.now() - 60_000)
    return (
      <section class="section">
        <h3>{signing.codeTitle}</h3>
        <CodeForm
          sent={sent}
          digits={digits}
          keep={part => (draft.value = { sent, ...part })}
          send={send}
          use={async typed => proved(await api('POST /api/identity/prove/codes/{code_id}', { code_id: sent.id, body: { digits: typed } }))}
          to={sent.phone}
        />
      </section>
    )
  const withPasskey = passkey && passkeysHere
  return (
    <div class="steps">
      {withPasskey && (
        <button
          class="button main full"
          type="button"
          disabled={busy.value}
          onClick={() =>
            void run(async () => {
              const { options } = await api('POST /api/identity/prove/passkey/options', {})
              await proved(await api('POST /api/identity/prove/passkey', { body: { credential: await usePasskey(options) } }))
            })
          }
        >
          <Icon of={fingerprint} />
          {signing.withPasskey}
        </button>
      )}
      {phone && (
        <button class={withPasskey ? 'button full' : 'button main full'} type="button" disabled={busy.value} onClick={() => void run(send)}>
          {t.sendTo(phone)}
        </button>
      )}
      {!phone && !withPasskey && <Elsewhere vneid={vneid} />}
      <Said text={said.value?.()} />
    </div>
  )
}

/** Nothing to prove it with from here: by the VNeID of this account, which comes back to this screen, else at a desk. */
function Elsewhere({ vneid }: { vneid: boolean }) {
  if (vneid)
    return (
      <>
        <p>{t.byVneid}</p>
        <Vneid next={own(location.pathname + location.search)} shared={!!mark.value?.shared} label={signing.withVneid} />
      </>
    )
  return (
    <>
      <p>{t.nothing}</p>
      <a class="button full" href="/places">
        {signing.askDesk}
      </a>
    </>
  )
}
