import { useSignal } from '@preact/signals'
import { api, Problem, type Reply } from '../../core/api'
import { why } from '../deed'
import { FileField } from '../news/Pictures'
import { Said } from '../ui'
import { t } from './text'

const MOST = 5

/** Photos that are seen with an answer; each lies on the server as soon as it is chosen, and is nobody's to see until the answer goes. */
export function Pictures({ report, chosen, set }: { report: string; chosen: { id: string; number: number }[]; set: (now: { id: string; number: number }[]) => void }) {
  const busy = useSignal(false)
  const said = useSignal('')
  async function add(file: File) {
    busy.value = true
    said.value = ''
    try {
      const asked = { report_id: report, photo_id: crypto.randomUUID(), body: file }
      set([...chosen, (await api('PUT /api/feedback/desk/{report_id}/answer-photos/{photo_id}', asked)) as Reply<'PUT /api/feedback/desk/{report_id}/answer-photos/{photo_id}'>])
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause
      said.value = why(cause)
    }
    busy.value = false
  }
  /** What could not be taken away there goes by itself after a week. */
  function drop(id: string) {
    set(chosen.filter(it => it.id !== id))
    api('DELETE /api/feedback/desk/{report_id}/answer-photos/{photo_id}', { report_id: report, photo_id: id }).catch(() => undefined)
  }
  return (
    <>
      {chosen.length > 0 && (
        <ul class="pictures">
          {chosen.map(({ id, number }, index) => (
            <li key={id}>
              <img src={`/api/feedback/desk/${report}/photos/${number}?small=true`} alt={t.photo(index + 1)} />
              <button class="button" type="button" onClick={() => drop(id)}>
                {t.remove}
                <span class="unseen">{` ${t.photo(index + 1)}`}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chosen.length < MOST && <FileField label={t.answerPhotos} hint={t.answerPhotosHint} accept="image/jpeg,image/png,image/webp" name={busy.value ? t.sendingPhoto : t.choosePhoto} choose={file => void add(file)} />}
      <Said text={said.value} />
    </>
  )
}
