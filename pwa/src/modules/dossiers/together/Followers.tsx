import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useRef } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { useDeed } from '../../../core/deed'
import { moment } from '../../../core/moment'
import { Await } from '../../../core/ui'
import { latin } from '../../identity/digits'
import '../../identity/identity.css'
import { SignedIn } from '../../identity/SignedIn'
import '../dossiers.css'
import { t } from './text'
import { type Said, why } from './why'

type All = Reply<'GET /api/dossiers/{code}/followers'>
type One = All['items'][number]

/** Who follows one of somebody's own dossiers with them, was invited to, or asks to. */
export default function Followers() {
  const code = useRoute().params.code!
  const asked = useAsk(`followers ${code}`, signal => api('GET /api/dossiers/{code}/followers', { code }, signal))
  return (
    <SignedIn title={t.title} path={`/dossiers/${code}/followers`} back={[`/dossiers/${code}`, code]}>
      <p>{t.lead}</p>
      <Await of={asked}>{first => <List code={code} first={first} />}</Await>
    </SignedIn>
  )
}

function List({ code, first }: { code: string; first: All }) {
  const items = useSignal(first.items)
  const told = useSignal('')
  const phone = useRef<HTMLInputElement>(null)
  const name = useRef<HTMLInputElement>(null)
  const { busy, said, run } = useDeed<Said>(why, undefined)
  const end = (one: One) =>
    run(async () => {
      await api('POST /api/dossiers/following/{follower_id}/end', { follower_id: one.id })
      items.value = items.value.filter(it => it.id !== one.id)
    })
  const allow = (one: One) => run(async () => (items.value = (await api('POST /api/dossiers/{code}/followers/{follower_id}/confirm', { code, follower_id: one.id })).items))
  const invite = () =>
    run(async () => {
      const body = { phone: latin(phone.current!.value), name: name.current!.value.trim() }
      items.value = (await api('POST /api/dossiers/{code}/followers', { code, body })).items
      phone.current!.value = name.current!.value = ''
      told.value = t.sent
    })
  return (
    <>
      {items.value.length === 0 && <p class="hint">{t.nobody}</p>}
      {items.value.map(one => (
        <div key={one.id} class="card standing">
          <p class="strong">{one.name || t.nameless}</p>
          <p class="hint">
            {t.states[one.state]} · {t.since(moment(one.since))}
          </p>
          {one.state === 'asked' && <p>{t.allowHint}</p>}
          <div class="buttons">
            {one.state === 'asked' && (
              <button class="button main" type="button" disabled={busy.value} onClick={() => void allow(one)}>
                {t.allow}
              </button>
            )}
            <button class="button" type="button" disabled={busy.value} onClick={() => void end(one)}>
              {one.state === 'asked' ? t.refuse : one.state === 'invited' ? t.takeBack : t.end}
            </button>
          </div>
        </div>
      ))}
      <p class="said" role="alert">
        {said.value?.()}
      </p>
      <section class="section">
        <h2>{t.invite}</h2>
        <form class="steps" onSubmit={event => (event.preventDefault(), void invite())} noValidate>
          <div class="field">
            <label for="follower-phone">{t.phone}</label>
            <input ref={phone} class="input" id="follower-phone" type="tel" inputmode="tel" autocomplete="off" maxLength={40} aria-describedby="follower-phone-hint" onInput={() => (told.value = '')} />
            <p class="hint" id="follower-phone-hint">
              {t.phoneHint}
            </p>
          </div>
          <div class="field">
            <label for="follower-name">{t.name}</label>
            <input ref={name} class="input" id="follower-name" autocomplete="off" maxLength={100} aria-describedby="follower-name-hint" />
            <p class="hint" id="follower-name-hint">
              {t.nameHint}
            </p>
          </div>
          <p role="status">{told.value}</p>
          <button class="button main full" type="submit" disabled={busy.value}>
            {busy.value ? t.sending : t.send}
          </button>
        </form>
      </section>
      <p class="hint">
        {t.looks} <a href="/account/looks">{t.looksLink}</a>
      </p>
    </>
  )
}
