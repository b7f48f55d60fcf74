import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, Problem, type Reply } from '../../../core/api'
import { changed, useAsk } from '../../../core/ask'
import { useDraft } from '../../../core/draft'
import { type Language, languages } from '../../../core/language'
import { Await, Choices, Note } from '../../../core/ui'
import { check } from '../../../core/ui/icons'
import { allUnits, type Unit } from '../../places/units'
import { Commune } from './Commune'
import '../identity.css'
import './account.css'
import { nameLanguage } from './name'
import { SignedIn } from '../SignedIn'
import { t as signing } from '../text'
import { t } from './text'

type Me = Reply<'GET /api/identity/profile'>
type Typed = Pick<Me, 'version' | 'name' | 'commune_code' | 'language'>

export default function Profile() {
  const profile = useAsk('profile', signal => api('GET /api/identity/profile', {}, signal))
  const units = useAsk('units', allUnits)
  return (
    <SignedIn title={t.profile} path="/account/profile" back={['/account', t.account]}>
      <Await of={profile}>{me => <Form me={me} units={units.value ?? []} />}</Await>
    </SignedIn>
  )
}

function Form({ me, units }: { me: Me; units: Unit[] }) {
  const draft = useDraft<Typed>('profile')
  const saved = useSignal<Me>()
  /** What stands there now, when it was changed elsewhere while this was being typed. */
  const other = useSignal<Me>()
  const problem = useSignal<Problem>()
  const busy = useSignal(false)
  const name = useRef<HTMLInputElement>(null)
  const base: Typed = saved.value && saved.value.version >= me.version ? saved.value : me
  const now = draft.value ?? base
  const set = (part: Partial<Typed>) => {
    saved.value = undefined
    problem.value = undefined
    draft.value = { version: now.version, name: now.name, commune_code: now.commune_code, language: now.language, ...part }
  }

  async function save(version: number) {
    if (busy.value) return
    busy.value = true
    problem.value = undefined
    const { name, commune_code, language } = now
    try {
      saved.value = changed('profile', await api('PUT /api/identity/profile', { headers: { 'If-Match': `"${version}"` }, body: { name: name.trim(), commune_code, language } }))
      draft.value = other.value = undefined
    } catch (cause) {
      if (cause instanceof Problem && cause.status === 412) other.value = await api('GET /api/identity/profile', {}).catch(() => undefined)
      if (!other.value) problem.value = cause instanceof Problem ? cause : new Problem(500)
    }
    busy.value = false
  }

  const wrongName = problem.value?.said.type === 'name-refused'
  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), void save(now.version))}>
      <div class="field">
        <label for="name">{t.name}</label>
        <input
          ref={name}
          class="input"
          id="name"
          lang={nameLanguage(now.name)}
          type="text"
          autocomplete="name"
          autocapitalize="words"
          spellcheck={false}
          maxLength={100}
          value={now.name}
          aria-invalid={wrongName ? true : undefined}
          aria-describedby={wrongName ? 'profile-said' : undefined}
          onInput={event => set({ name: event.currentTarget.value })}
        />
      </div>
      <Commune units={units} value={now.commune_code} onChange={commune_code => set({ commune_code })} />
      <Choices legend={t.writeIn} name="write-in" row value={now.language} onChange={language => set({ language })} of={(Object.keys(languages) as Language[]).map(value => ({ value, label: languages[value], lang: value }))} />
      {other.value ? (
        <Note tone="warn" title={t.changedElsewhere}>
          <Both label={t.name} of={[other.value.name, now.name]} lang={nameLanguage}>
            {name => name || t.noName}
          </Both>
          <Both label={t.commune} of={[other.value.commune_code, now.commune_code]} lang={code => (code ? 'vi' : undefined)}>
            {code => units.find(one => one.code === code)?.name ?? code ?? t.noCommune}
          </Both>
          <Both label={t.writeIn} of={[other.value.language, now.language]} lang={one => one}>
            {one => languages[one]}
          </Both>
          <div class="buttons">
            <button class="button main" type="button" disabled={busy.value} onClick={() => void save(other.value!.version)}>
              {t.keepMine}
            </button>
            <button
              class="button"
              type="button"
              onClick={() => {
                saved.value = other.value
                draft.value = other.value = undefined
              }}
            >
              {t.takeTheirs}
            </button>
          </div>
        </Note>
      ) : (
        <button class="button main full" type="submit" disabled={busy.value || !draft.value}>
          {busy.value ? t.saving : t.save}
        </button>
      )}
      <div role="status">
        {saved.value && !draft.value && (
          <Note tone="good" icon={check}>
            {t.saved}
          </Note>
        )}
      </div>
      <p class="said" id="profile-said" role="alert">
        {problem.value && (problem.value.offline ? signing.noLine : problem.value.said.title)}
      </p>
    </form>
  )
}

type Differing<V> = { label: string; of: [there: V, here: V]; lang: (value: V) => string | undefined; children: (value: V) => string }
/** A field that differs: as it is there, and as it is typed here. */
const Both = <V,>({ label, of, lang, children }: Differing<V>) =>
  of[0] === of[1] ? null : (
    <dl class="both">
      <dt>{label}</dt>
      {of.map((value, i) => (
        <dd key={i}>
          {i ? t.here : t.there} <strong lang={lang(value)}>{children(value)}</strong>
        </dd>
      ))}
    </dl>
  )
