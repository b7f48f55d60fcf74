import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { mark } from '../../../core/session'
import { Await, Icon, Note } from '../../../core/ui'
import { fingerprint } from '../../../core/ui/icons'
import '../account/account.css'
import { nameLanguage } from '../account/name'
import { t as account } from '../account/text'
import { useDeed } from '../deed'
import { Said } from '../Said'
import { Sheet } from '../../../core/ui/Sheet'
import { SignedIn } from '../SignedIn'
import { t as signing } from '../text'
import { Told } from '../Told'
import { add, canAdd } from './add'
import { t } from './text'

type Passkey = Reply<'GET /api/identity/passkeys'>['items'][number]

const name = (one: Passkey) => one.device || t.unknown

export default function Passkeys() {
  const passkeys = useAsk('passkeys', signal => api('GET /api/identity/passkeys', {}, signal))
  return (
    <SignedIn title={account.passkeys} path="/account/passkeys" back={['/account', account.account]}>
      <p>{t.lead}</p>
      <Await of={passkeys}>{({ items }) => <List items={items} again={passkeys.again} />}</Await>
    </SignedIn>
  )
}

function List({ items, again }: { items: Passkey[]; again: () => void }) {
  const told = useSignal<(() => string) | undefined>(undefined)
  const chosen = useSignal<{ one: Passkey; to: 'rename' | 'remove' }>()
  const { busy, said, run } = useDeed()
  async function change(deed: () => Promise<unknown>, sentence: () => string) {
    told.value = undefined
    if (await run(deed)) told.value = sentence
    again()
  }
  const remove = ({ id }: Passkey) =>
    change(
      () =>
        api('DELETE /api/identity/passkeys/{passkey_id}', { passkey_id: id }).catch(cause => {
          // Removed from another device meanwhile: what was wanted is so.
          if (!(cause instanceof Problem && cause.status === 404)) throw cause
        }),
      () => t.removed,
    )

  return (
    <>
      <Told text={told.value?.()} />
      <Said text={said.value?.()} />
      {items.length ? (
        <ul class="devices">
          {items.map(one => (
            <li key={one.id} class="card device">
              <span class="blob">
                <Icon of={fingerprint} />
              </span>
              <div>
                <p class="strong" lang={nameLanguage(one.device)}>
                  {name(one)}
                </p>
                <p class="hint">{t.made(moment(one.created_at))}</p>
                <p class="hint">{one.last_used_at ? t.used(moment(one.last_used_at)) : t.notUsed}</p>
                <div class="buttons">
                  <button class="button" type="button" disabled={busy.value} onClick={() => (chosen.value = { one, to: 'rename' })}>
                    {t.rename}
                    <span class="unseen"> {name(one)}</span>
                  </button>
                  <button class="button bad" type="button" disabled={busy.value} onClick={() => (chosen.value = { one, to: 'remove' })}>
                    {t.remove}
                    <span class="unseen"> {name(one)}</span>
                  </button>
                </div>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <p class="hint">{t.none}</p>
      )}
      {canAdd() ? (
        <button class={items.length ? 'button full' : 'button main full'} type="button" disabled={busy.value} onClick={() => void change(add, () => t.added)}>
          {busy.value ? t.adding : t.add}
        </button>
      ) : (
        <Note>{mark.value?.shared ? t.notShared : t.notHere}</Note>
      )}
      {chosen.value?.to === 'rename' && <Rename one={chosen.value.one} onClose={() => (chosen.value = undefined)} onSave={(id, device) => void change(() => api('PUT /api/identity/passkeys/{passkey_id}', { passkey_id: id, body: { device } }), () => t.renamed)} />}
      {chosen.value?.to === 'remove' && <Remove one={chosen.value.one} onClose={() => (chosen.value = undefined)} onRemove={one => void remove(one)} />}
    </>
  )
}

type Open = { one: Passkey; onClose: () => void }

function Rename({ one, onClose, onSave }: Open & { onSave: (id: string, device: string) => void }) {
  const typed = useSignal(one.device)
  return (
    <Sheet title={t.renameTitle} onClose={onClose}>
      {close => (
        <form
          class="steps"
          onSubmit={event => {
            event.preventDefault()
            close()
            onSave(one.id, typed.value.trim())
          }}
        >
          <div class="field">
            <label for="passkey-name">{t.name}</label>
            <input class="input" id="passkey-name" type="text" autocomplete="off" required pattern=".*\S.*" maxLength={60} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />
          </div>
          <div class="buttons">
            <button class="button main" type="submit">
              {t.save}
            </button>
            <button class="button bare" type="button" onClick={close}>
              {signing.cancel}
            </button>
          </div>
        </form>
      )}
    </Sheet>
  )
}

function Remove({ one, onClose, onRemove }: Open & { onRemove: (one: Passkey) => void }) {
  return (
    <Sheet title={t.removeTitle} onClose={onClose}>
      {close => (
        <>
          <p class="strong" lang={nameLanguage(one.device)}>
            {name(one)}
          </p>
          <p>{t.removeText}</p>
          <div class="buttons">
            <button class="button main" type="button" onClick={() => (close(), onRemove(one))}>
              {t.removeYes}
            </button>
            <button class="button" type="button" onClick={close}>
              {signing.cancel}
            </button>
          </div>
        </>
      )}
    </Sheet>
  )
}
