import { useSignal } from '@preact/signals'
import { api } from '../../../core/api'
import { may, read } from '../../access'
import { useDeed } from '../../deed'
import { moment } from '../../times'
import { Field, Name, Panel, Said } from '../../ui'
import type { Whole } from '../Dossier'
import { t } from './text'

const fresh = { phone: '', name: '', document: '' }

/** Who follows a dossier beside its owner; a consent on paper is recorded here, for owners without a phone. */
export default function Consent({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const typed = useSignal(fresh)
  const told = useSignal('')
  const { busy, said, run } = useDeed()
  if (!may('dossiers:register')) return null
  const again = async () => set(await read('GET /api/dossiers/desk/{dossier_id}', { dossier_id: one.id }))
  const save = () =>
    run(async () => {
      await api('POST /api/dossiers/desk/{dossier_id}/followers', { dossier_id: one.id, body: typed.value })
      typed.value = fresh
      told.value = t.saved
      await again()
    })
  const end = (id: string) =>
    run(async () => {
      await api('POST /api/dossiers/desk/{dossier_id}/followers/{follower_id}/end', { dossier_id: one.id, follower_id: id })
      told.value = t.ended
      await again()
    })
  const field = (name: keyof typeof fresh, label: string, type: 'text' | 'tel' = 'text') => (
    <Field label={label}>{is => <input {...is} class="input" list={undefined} type={type} required={name !== 'name'} maxLength={name === 'document' ? 500 : 100} value={typed.value[name]} onInput={event => (typed.value = { ...typed.value, [name]: event.currentTarget.value })} />}</Field>
  )
  return (
    <Panel title={t.title} hint={t.hint}>
      <p class="told" role="status">
        {told.value}
      </p>
      <ul class="acts">
        {one.followers.map(it => (
          <li key={it.id}>
            <p>
              <strong>{it.name ? <Name of={it.name} /> : t.nameless}</strong>
              <span class="hint">{`${t.states[it.state]} · ${t.ways[it.way]} · ${moment(it.since)}`}</span>
            </p>
            <button class="button" type="button" disabled={busy.value} onClick={() => void end(it.id)}>
              {t.end}
            </button>
          </li>
        ))}
      </ul>
      <Said text={said.value} />
      <details class="more-quiet">
        <summary>{t.add}</summary>
        <form class="form" onSubmit={event => (event.preventDefault(), void save())}>
          {field('phone', t.phone, 'tel')}
          {field('name', t.name)}
          {field('document', t.document)}
          <div class="buttons">
            <button class="button main" type="submit" disabled={busy.value}>
              {t.save}
            </button>
          </div>
        </form>
      </details>
    </Panel>
  )
}
