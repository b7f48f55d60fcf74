import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { plain } from '../../core/plain'
import { Icon } from '../../core/ui'
import { eye } from '../../core/ui/icons'
import { useDeed } from '../deed'
import { moment } from '../times'
import { Field, Panel, Said } from '../ui'
import type { Whole } from './Report'
import { t } from './text'

/** What everybody may see of it: the words are the office's, and the place is rounded, or left out where somebody lives. */
export function Release({ one, set }: { one: Whole; set: (now: Whole) => void }) {
  const text = useSignal(one.public_text ?? one.text)
  const place = useSignal(one.released_at ? one.public_place : one.lat !== null)
  const { busy, said, run } = useDeed()
  const send = (released: boolean) => run(async () => set(await api('PUT /api/feedback/desk/{report_id}/released', { report_id: one.id, headers: { 'If-Match': `"${one.version}"` }, body: { released, text: released ? text.value : '', place: released && place.value } })))
  return (
    <Panel title={t.public}>
      <form class="form" onSubmit={event => (event.preventDefault(), void send(true))}>
        {one.released_at && (
          <p class="calm">
            <Icon of={eye} />
            {t.publicSince(moment(one.released_at))}
          </p>
        )}
        <Field label={t.publicText} hint={t.publicHint}>
          {is => <textarea {...is} class="input" rows={4} maxLength={4000} value={text.value} onInput={event => (text.value = plain(event.currentTarget.value))} />}
        </Field>
        {one.lat !== null && (
          <label class="choice">
            <input type="checkbox" checked={place.value} onChange={event => (place.value = event.currentTarget.checked)} />
            <span>{t.publicPlace}</span>
          </label>
        )}
        <Said text={said.value} />
        <div class="buttons">
          <button class="button" type="submit" disabled={busy.value}>
            {one.released_at ? t.publicAgain : t.release}
          </button>
          {one.released_at && (
            <button class="button bad" type="button" disabled={busy.value} onClick={() => void send(false)}>
              {t.takeBack}
            </button>
          )}
        </div>
      </form>
    </Panel>
  )
}
