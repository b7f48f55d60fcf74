import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, type Asked } from '../../../core/api'
import { save } from '../../../core/save'
import { Note } from '../../../core/ui'
import { may, read } from '../../access'
import { useDeed } from '../../deed'
import { moment } from '../../times'
import { Name, Panel, Said } from '../../ui'
import type { Whole } from '../Dossier'
import { t } from './text'

type File = Whole['results'][number]
const LARGEST = 15 * 1024 * 1024
const TONES = { valid: 'good', unsigned: 'plain', unreadable: 'warn', 'unknown-signer': 'plain', changed: 'bad', invalid: 'bad', unsafe: 'bad' } as const

/** The result as a file: added here, checked soon after, and given to whoever it belongs to once the dossier is done. */
export default function Results({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const told = useSignal('')
  const { busy, said, run } = useDeed()
  const open = may('dossiers:move') && !['not-accepted', 'stopped', 'handed-over'].includes(one.status)

  async function add(file: globalThis.File | undefined) {
    told.value = ''
    if (!file) return
    if (file.size > LARGEST) return void (said.value = t.tooLarge)
    await run(async () => {
      const asked = { dossier_id: one.id, headers: { 'Idempotency-Key': crypto.randomUUID() }, body: file.slice(0, file.size, 'application/pdf') }
      set(await api('POST /api/dossiers/desk/{dossier_id}/results', asked as Asked<'POST /api/dossiers/desk/{dossier_id}/results'>, undefined, 300_000))
      told.value = t.added
    })
    field.current!.value = ''
  }
  const again = async () => set(await read('GET /api/dossiers/desk/{dossier_id}', { dossier_id: one.id }))
  const remove = (file: File) =>
    run(async () => {
      await api('DELETE /api/dossiers/desk/{dossier_id}/results/{result_id}', { dossier_id: one.id, result_id: file.id })
      told.value = t.removed
      await again()
    })
  const look = (file: File) =>
    run(async () => save(await api('GET /api/dossiers/desk/{dossier_id}/results/{result_id}', { dossier_id: one.id, result_id: file.id }, undefined, 120_000), `${one.code}.pdf`))
  if (!open && !one.results.length) return null
  return (
    <Panel title={t.title} hint={t.hint}>
      <p class="told" role="status">
        {told.value}
      </p>
      {one.results.map((file, i) => (
        <div key={file.id} class="result">
          <p>
            <strong>{t.file(i + 1)}</strong>
            <span class="hint">{` ${moment(file.added_at)} · ${Math.max(1, Math.round(file.size / 1000))} kB`}</span>
          </p>
          {file.verdict ? <Note tone={TONES[file.verdict]}>{file.says}</Note> : <p class="hint">{t.waiting}</p>}
          {file.signatures.map((it, n) => (
            <p key={n}>
              <Name of={it.name} />
              {it.office && (
                <>
                  {' · '}
                  <Name of={it.office} />
                </>
              )}
              {it.at && <span class="hint">{` ${moment(it.at)}`}</span>}
              <br />
              {`${t.certificate}: ${it.revocation_says}`}
              {it.revocation_at && <span class="hint">{` ${moment(it.revocation_at)}`}</span>}
            </p>
          ))}
          <div class="buttons">
            <button class="button" type="button" disabled={busy.value} onClick={() => void look(file)}>
              {t.look}
            </button>
            {!file.verdict && (
              <button class="button" type="button" disabled={busy.value} onClick={() => void run(again)}>
                {t.again}
              </button>
            )}
            {open && (
              <button class="button bad" type="button" disabled={busy.value} onClick={() => void remove(file)}>
                {t.remove}
              </button>
            )}
          </div>
        </div>
      ))}
      <Said text={said.value} />
      {open && one.results.length < 5 && (
        <label class="field">
          <span>{t.add}</span>
          <input ref={field} class="input" type="file" accept="application/pdf" disabled={busy.value} onChange={event => void add(event.currentTarget.files?.[0])} />
        </label>
      )}
    </Panel>
  )
}
