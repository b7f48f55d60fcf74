import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, here } from '../../../core/api'
import { type Language, languages } from '../../../core/language'
import { Icon } from '../../../core/ui'
import { mobile } from '../../../core/ui/icons'
import { useDeed } from '../../deed'
import { moment } from '../../times'
import { Said } from '../../ui'
import type { Whole } from '../Dossier'
import { t } from './text'

type Step = Whole['steps'][number]
/** How often it is asked what became of a text, and after how many milliseconds each time. */
const LOOKS = 8
const PAUSE = 1500

/** A slip as a text, for whoever has no account, and what became of it. `whole`: also what it says, or why none goes. */
export default function Texting({ one, step, whole }: { one: Whole; step: Step; whole?: boolean }) {
  const latest = useSignal<Step['text']>(null)
  const tongue = useSignal<Language>('vi')
  const looks = useRef(0)
  const { busy, said, run } = useDeed()
  const path = { dossier_id: one.id, step_id: step.id }
  const text = latest.value ?? step.text

  useEffect(() => {
    if (text?.state !== 'waiting' || looks.current >= LOOKS) return
    const later = setTimeout(() => {
      looks.current++
      void api('GET /api/dossiers/desk/{dossier_id}/slips/{step_id}/text', path).then(
        now => (latest.value = now),
        () => (latest.value = { ...text }),
      )
    }, PAUSE)
    return () => clearTimeout(later)
  }, [text])

  const send = () =>
    run(async () => {
      looks.current = 0
      latest.value = await api('POST /api/dossiers/desk/{dossier_id}/slips/{step_id}/text', { ...path, headers: { 'Idempotency-Key': crypto.randomUUID() }, body: { language: tongue.value } })
    })
  const open = one.texting === 'open' && (!text || here(text.again_at) <= Date.now())
  return (
    <>
      {open && (
        <div class="buttons">
          <button class="button" type="button" disabled={busy.value} onClick={() => void send()}>
            <Icon of={mobile} />
            {busy.value ? t.sending : t.send(one.phone ?? '')}
          </button>
          <select class="input" aria-label={t.tongue} value={tongue.value} onChange={event => (tongue.value = event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <p class="hint" role="status">
        {text && { waiting: t.waits, sent: t.sent(moment(text.at)), failed: t.failed }[text.state]}
      </p>
      {whole && open && <p class="hint">{t.hint}</p>}
      {whole && (one.texting === 'account' || one.texting === 'no-phone') && <p class="hint">{t.why[one.texting]}</p>}
      <Said text={said.value} />
    </>
  )
}
