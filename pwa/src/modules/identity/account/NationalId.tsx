import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, Problem, type Reply } from '../../../core/api'
import { changed, useAsk } from '../../../core/ask'
import { useDraft } from '../../../core/draft'
import { Await, Note } from '../../../core/ui'
import { check } from '../../../core/ui/icons'
import { personal } from '../digits'
import '../identity.css'
import { NumberField } from '../NumberField'
import './account.css'
import { SignedIn } from '../SignedIn'
import { t as signing } from '../text'
import { t } from './text'

type Me = Reply<'GET /api/identity/profile'>

export default function NationalId() {
  const profile = useAsk('profile', signal => api('GET /api/identity/profile', {}, signal))
  return (
    <SignedIn title={t.nationalId} path="/account/national-id" back={['/account', t.account]}>
      <p>{t.nationalIdWhy}</p>
      <Await of={profile} rows={2}>{me => <Form me={me} />}</Await>
    </SignedIn>
  )
}

function Form({ me }: { me: Me }) {
  const draft = useDraft<string>('national-id')
  const now = useSignal(me)
  // Sentences and not their words: they follow the language.
  const done = useSignal<(() => string) | undefined>(undefined)
  const said = useSignal<(() => string) | undefined>(undefined)
  const busy = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  async function give(number: string | null) {
    if (busy.value) return
    done.value = said.value = undefined
    if (number !== null && number.length !== 12) {
      said.value = () => t.nationalIdLength(number.length)
      return field.current!.focus()
    }
    busy.value = true
    try {
      now.value = changed('profile', await put(number))
      draft.value = undefined
      done.value = () => (number === null ? t.takenBack : t.saved)
    } catch (cause) {
      said.value = () => (cause instanceof Problem && !cause.offline ? cause.said.title ?? cause.message : signing.noLine)
    }
    busy.value = false
  }

  /** There is nothing to lose by a change made elsewhere: the number is given anew, whatever stood there. */
  async function put(number: string | null, version = now.value.version): Promise<Me> {
    try {
      return await api('PUT /api/identity/profile/national-id', { headers: { 'If-Match': `"${version}"` }, body: { number } })
    } catch (cause) {
      if (!(cause instanceof Problem && cause.status === 412)) throw cause
      const newest = await api('GET /api/identity/profile', {})
      if (newest.version === version) throw cause
      return put(number, newest.version)
    }
  }

  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), void give(draft.value ?? ''))} noValidate>
      {now.value.national_id && (
        <p>
          {t.nationalIdNow} <strong class="nobreak">{now.value.national_id}</strong>
        </p>
      )}
      <NumberField
        id="national-id"
        label={now.value.national_id ? t.nationalIdNew : t.nationalIdLabel}
        kind={personal}
        value={draft.value ?? ''}
        field={field}
        said={said.value?.()}
        readOnly={busy.value}
        onInput={digits => {
          said.value = done.value = undefined
          draft.value = digits || undefined
        }}
      />
      <button class="button main full" type="submit" disabled={busy.value}>
        {busy.value ? t.saving : t.save}
      </button>
      {now.value.national_id && (
        <button class="button full bad" type="button" disabled={busy.value} onClick={() => void give(null)}>
          {t.takeBack}
        </button>
      )}
      <div role="status">
        {done.value && (
          <Note tone="good" icon={check}>
            {done.value()}
          </Note>
        )}
      </div>
      <ul class="lines">
        {t.nationalIdKept.map(line => (
          <li key={line} class="hint">
            {line}
          </li>
        ))}
      </ul>
    </form>
  )
}
