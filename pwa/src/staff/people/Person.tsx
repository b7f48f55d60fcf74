import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRoute } from 'preact-iso'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { useDraft } from '../../core/draft'
import { day } from '../../core/text'
import { Await } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { may, member, read } from '../access'
import { useDeed } from '../deed'
import { useWorkplaces } from '../places'
import { t } from '../text'
import { moment } from '../times'
import { Conflict, Facts, Field, Finish, Id, Name, Once, Panel, Said, Screen, tongue } from '../ui'
import { type Member, State } from './People'
import { RolesField, useRoles } from './RolesField'
import { Workplace } from './Workplace'

type Link = Reply<'POST /api/identity/staff/{staff_id}/link'>
const matching = (version: number) => ({ 'If-Match': `"${version}"` })

export default function Person() {
  const { id = '' } = useRoute().params as { id?: string }
  const asked = useAsk(`person ${id}`, signal => read('GET /api/identity/staff/{staff_id}', { staff_id: id }, signal))
  // What a change answers is the latest that is known.
  const latest = useSignal<Member>()
  const newest = (first: Member) => (latest.value?.id === first.id && latest.value.version >= first.version ? latest.value : first)
  const name = asked.value && newest(asked.value).name
  return (
    <Screen title={name ?? t.account} lang={name && tongue(name)} back={['/staff/people', t.people]} narrow>
      <Await of={asked}>{first => <Whole key={first.id} one={newest(first)} set={now => (latest.value = now)} again={asked.again} />}</Await>
    </Screen>
  )
}

function Whole({ one, set, again }: { one: Member; set: (now: Member) => void; again: () => void }) {
  const link = useSignal<Link>()
  return (
    <>
      <Panel>
        <Facts
          of={[
            [t.login, <span class="mono">{one.login}</span>],
            [t.state, <State of={one} />],
            ...(one.disabled_at ? ([[t.because, <><Name of={one.disabled_because ?? ''} /> <span class="hint">({day(one.disabled_at)})</span></>]] as [string, ComponentChildren][]) : []),
            [t.waysIn, [one.has_password && t.password, one.has_authenticator && t.authenticator, one.passkeys > 0 && t.passkeyCount(one.passkeys)].filter(Boolean).join(' · ') || t.noneYet],
            [t.lastSeen, one.last_signed_in_at ? moment(one.last_signed_in_at) : t.never],
            [t.madeOn, day(one.created_at)],
            [t.id, <Id of={one.id} href={may('privacy:audit') ? `/staff/audit?actor=${one.id}` : undefined} />],
          ]}
        />
      </Panel>
      {link.value && (
        <Once title={t.linkOnce} text={link.value.url}>
          <p>{t.linkOnceText(moment(link.value.expires_at))}</p>
        </Once>
      )}
      <Edit one={one} onChange={set} />
      <Acts one={one} onChange={set} onLink={made => ((link.value = made), again())} />
    </>
  )
}

type Typed = { name: string; unit: string; role_ids: string[] }

function Edit({ one, onChange }: { one: Member; onChange: (now: Member) => void }) {
  const draft = useDraft<Typed>(`person ${one.id}`)
  const typed: Typed = draft.value ?? { name: one.name, unit: one.unit, role_ids: one.roles.map(role => role.id) }
  const other = useSignal<Member>()
  const saved = useSignal(false)
  const places = useWorkplaces()
  const roles = useRoles()
  const { busy, said, run } = useDeed()
  const set = (part: Partial<Typed>) => {
    saved.value = false
    draft.value = { ...typed, ...part }
  }
  const named = (ids: string[]) => roles.value?.items.filter(role => ids.includes(role.id)).map(role => role.name).join(', ') || '–'

  async function save(version: number) {
    const changed = async ({ status }: Problem) => status === 412 && !!(other.value = await read('GET /api/identity/staff/{staff_id}', { staff_id: one.id }).catch(() => undefined))
    await run(async () => {
      const now = await api('PUT /api/identity/staff/{staff_id}', { staff_id: one.id, headers: matching(version), body: { ...typed, name: typed.name.trim() } })
      draft.value = other.value = undefined
      saved.value = true
      onChange(now)
    }, changed)
  }

  return (
    <Panel title={t.whatTheyMay} hint={one.id === member.value!.id ? t.notForYourself : t.signedOutByChange}>
      <form class="form" onSubmit={event => (event.preventDefault(), void save(one.version))}>
        <Field label={t.name}>{is => <input {...is} class="input" autocomplete="off" autocapitalize="words" spellcheck={false} maxLength={100} required value={typed.name} onInput={event => set({ name: event.currentTarget.value })} />}</Field>
        <Workplace value={typed.unit} onChange={unit => set({ unit })} />
        <RolesField value={typed.role_ids} onChange={role_ids => set({ role_ids })} />
        <Said text={said.value} />
        {other.value ? (
          <Conflict
            busy={busy.value}
            fields={[
              [t.name, other.value.name, typed.name],
              [t.workplace, places.name(other.value.unit), places.name(typed.unit)],
              [t.rolesOf, named(other.value.roles.map(role => role.id)), named(typed.role_ids)],
              [t.state, other.value.disabled_at ? t.disabled : t.active, one.disabled_at ? t.disabled : t.active],
            ]}
            keep={() => void save(other.value!.version)}
            take={() => {
              onChange(other.value!)
              draft.value = other.value = undefined
            }}
          />
        ) : (
          <div class="buttons">
            <button class="button main" type="submit" disabled={busy.value || !draft.value}>
              {busy.value ? t.saving : t.save}
            </button>
            {draft.value && (
              <button class="button bare" type="button" onClick={() => (draft.value = undefined)}>
                {t.undo}
              </button>
            )}
          </div>
        )}
        <p class="told" role="status">
          {saved.value && t.saved}
        </p>
      </form>
    </Panel>
  )
}

type Asked = 'disable' | 'enable' | 'link' | 'reset'

/** What ends or opens an account, each asked once more before it is done. */
function Acts({ one, onChange, onLink }: { one: Member; onChange: (now: Member) => void; onLink: (link: Link) => void }) {
  const asked = useSignal<Asked>()
  const because = useSignal('')
  const { busy, said, run } = useDeed()
  const at = { staff_id: one.id }

  const deeds: Record<Asked, () => Promise<void>> = {
    disable: async () => onChange(await api('POST /api/identity/staff/{staff_id}/disable', { ...at, headers: matching(one.version), body: { because: because.value.trim() } })),
    enable: async () => onChange(await api('POST /api/identity/staff/{staff_id}/enable', { ...at, headers: matching(one.version) })),
    link: async () => onLink(await api('POST /api/identity/staff/{staff_id}/link', at)),
    reset: async () => onLink(await api('POST /api/identity/staff/{staff_id}/reset', at)),
  }
  const words = { disable: t.disable, enable: t.enable, link: t.newLink, reset: t.reset }
  const texts = { disable: t.disableText, enable: t.enableText, link: t.newLinkText, reset: t.resetText }
  const open = (what: Asked) => () => {
    said.value = ''
    asked.value = what
  }
  return (
    <Panel title={t.doors} tone="danger">
      <ul class="acts">
        {(one.disabled_at ? (['enable'] as const) : (['link', 'reset', 'disable'] as const)).map(what => (
          <li key={what}>
            <p>
              <strong>{words[what]}</strong>
              <span class="hint">{texts[what]}</span>
            </p>
            <button class={what === 'enable' || what === 'link' ? 'button' : 'button bad'} type="button" onClick={open(what)}>
              {words[what]}
            </button>
          </li>
        ))}
      </ul>
      {asked.value && (
        <Sheet title={words[asked.value]} onClose={() => (asked.value = undefined)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void run(deeds[asked.value!]).then(done => done && ((because.value = ''), close())))}>
              <p>
                <strong>
                  <Name of={one.name} />
                </strong>{' '}
                · <span class="mono">{one.login}</span>
              </p>
              <p>{texts[asked.value!]}</p>
              {asked.value === 'disable' && <Field label={t.because} hint={t.becauseHint}>{is => <textarea {...is} class="input" rows={3} minLength={3} maxLength={500} required value={because.value} onInput={event => (because.value = event.currentTarget.value)} />}</Field>}
              <Said text={said.value} />
              <Finish busy={busy.value} label={words[asked.value!]} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </Panel>
  )
}

