import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import type { Reply } from '../../core/api'
import { may, read } from '../access'
import { usePages } from '../pages'
import { useWorkplaces } from '../places'
import { wide } from '../room'
import { t } from '../text'
import { moment } from '../times'
import { Field, Id, Nothing, Pages, Screen } from '../ui'
import './audit.css'

type Row = Reply<'GET /api/privacy/desk/audit'>['items'][number]
type Wanted = { act?: string; actor?: string; subject?: string }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Who did what to what, the newest first. What is looked for stands in the address, so that it can be handed on. */
export default function Audit() {
  const { query, route } = useLocation()
  const { act = '', actor = '', subject = '' } = query as Wanted
  const log = usePages<Row>(`audit ${act} ${actor} ${subject}`, (cursor, signal) => read('GET /api/privacy/desk/audit', { act, actor: actor || null, subject: subject || null, limit: 50, cursor }, signal))
  const go = (part: Wanted) => {
    const wanted = Object.entries({ act, actor, subject, ...part }).filter(([, value]) => value)
    route(`/staff/audit${wanted.length ? `?${new URLSearchParams(wanted)}` : ''}`)
  }
  return (
    <Screen title={t.audit} lead={t.auditLead}>
      <Filters key={`${act} ${actor} ${subject}`} act={act} actor={actor} subject={subject} go={go} />
      <Pages of={log} empty={<Nothing title={act || actor || subject ? t.nothingRecorded : t.nothingYet}>{(act || actor || subject) && <button class="button" type="button" onClick={() => go({ act: '', actor: '', subject: '' })}>{t.showAll}</button>}</Nothing>}>
        {rows => <Rows rows={rows} />}
      </Pages>
    </Screen>
  )
}

function Filters({ act, actor, subject, go }: Required<Wanted> & { go: (part: Wanted) => void }) {
  const typed = useSignal({ act, actor, subject })
  const wrong = useSignal(false)
  const set = (part: Wanted) => (typed.value = { ...typed.value, ...part })
  const groups = Object.entries(t.actGroups)
  const known = Object.keys(t.acts)
  function show() {
    const wanted = { ...typed.value, actor: typed.value.actor.trim(), subject: typed.value.subject.trim() }
    wrong.value = !!wanted.actor && !UUID.test(wanted.actor)
    if (!wrong.value) go(wanted)
  }
  return (
    <form class="panel filters" role="search" onSubmit={event => (event.preventDefault(), show())}>
      <Field label={t.act}>
        {is => (
          <select
            {...is}
            class="input"
            value={typed.value.act}
            onChange={event => {
              set({ act: event.currentTarget.value })
              show()
            }}
          >
            <option value="">{t.allActs}</option>
            {groups.map(([beginning, name]) => (
              <optgroup key={beginning} label={name}>
                <option value={beginning}>{`${name}: ${t.all}`}</option>
                {known
                  .filter(one => one.startsWith(beginning))
                  .map(one => (
                    <option key={one} value={one}>
                      {t.acts[one as keyof typeof t.acts]}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      <Field label={t.byWhom} said={wrong.value ? t.notAnId : undefined}>
        {is => <input {...is} class="input mono" autocomplete="off" spellcheck={false} maxLength={40} placeholder={t.idOfStaff} value={typed.value.actor} onInput={event => set({ actor: event.currentTarget.value })} />}
      </Field>
      <Field label={t.toWhom}>
        {is => <input {...is} class="input mono" autocomplete="off" spellcheck={false} maxLength={100} placeholder={t.idOfAnything} value={typed.value.subject} onInput={event => set({ subject: event.currentTarget.value })} />}
      </Field>
      <div class="buttons">
        <button class="button main" type="submit">
          {t.showThese}
        </button>
        {(act || actor || subject) && (
          <button class="button bare" type="button" onClick={() => go({ act: '', actor: '', subject: '' })}>
            {t.showAll}
          </button>
        )}
      </div>
    </form>
  )
}

function Rows({ rows }: { rows: Row[] }) {
  const { name } = useWorkplaces()
  return (
    <ol class="panel log" aria-label={t.audit}>
      {rows.map(row => (
        <li key={row.sequence}>
          <p class="log-when">
            <span class="log-number">{row.sequence}</span>
            <time dateTime={row.at}>{moment(row.at)}</time>
          </p>
          <div class="log-what">
            <p class="log-act">{(t.acts as Record<string, string>)[row.act] ?? row.act}</p>
            <p class="fact-list">
              <span class="fact">
                {t.by} <Party kind={row.actor_kind} id={row.actor_id} />
              </span>
              {row.subject_kind && (
                <span class="fact">
                  {t.to} <Party kind={row.subject_kind} id={row.subject_id} />
                </span>
              )}
            </p>
            <Detail of={row.detail} place={name} />
          </div>
          {wide.value && <code class="log-word">{row.act}</code>}
        </li>
      ))}
    </ol>
  )
}

/** Who or what, by kind and id; people of ours lead to their account. */
const Party = ({ kind, id }: { kind: string; id: string | null }) => (
  <>
    {(t.parties as Record<string, string>)[kind] ?? kind}
    {id && <> <Id of={id} href={kind === 'staff' && may('identity:administer') ? `/staff/people/${id}` : undefined} /></>}
  </>
)

/** A value of the log as a person reads it: a list, numbers by name, a word that we know, or what it is. */
function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? t.yes : t.no
  if (Array.isArray(value)) return value.join(', ')
  if (value && typeof value === 'object') return Object.entries(value).map(([name, number]) => `${name} ${number}`).join(', ')
  return ({ ...t.states, ...t.whys, ...t.methods } as Record<string, string>)[String(value)] ?? String(value)
}

function Detail({ of, place }: { of: Row['detail']; place: (code: string) => string }) {
  const parts = Object.entries(of as Record<string, unknown>).filter(([, value]) => value !== null && said(value) !== '')
  return parts.length === 0 ? null : (
    <p class="log-detail">
      {parts.map(([name, value]) => (
        <span key={name} class="fact">
          {(t.details as Record<string, string>)[name] ?? name}: {name === 'unit' ? <span lang="vi">{place(String(value))}</span> : <code>{said(value)}</code>}
        </span>
      ))}
    </p>
  )
}
