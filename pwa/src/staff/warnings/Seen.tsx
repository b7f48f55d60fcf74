import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { Choices, Icon } from '../../core/ui'
import { print } from '../../core/ui/icons'
import { Whole } from '../../modules/news/warnings/Warning'
import { TryOut } from '../ringing/TryOut'
import { Copy, Panel } from '../ui'
import type { Desk } from './draft'
import { t } from './text'

type Language = 'vi' | 'en' | 'km'

/** The phone, the lock screen and the loudspeaker, side by side, made by the server from the same warning. */
export function Seen({ of: { id, preview }, settle }: { of: Desk; settle: () => Promise<boolean> }) {
  const spoken = (['vi', 'en', 'km'] as const).filter(one => one in preview.reader.texts)
  const chosen = useSignal<Language>('vi')
  const lang = spoken.includes(chosen.value) ? chosen.value : 'vi'
  const push = preview.push[lang]!
  const loud = preview.aloud[lang]
  return (
    <Panel title={t.seen}>
      {spoken.length > 1 && <Choices row legend={t.seenIn} name="seen" value={lang} onChange={one => (chosen.value = one)} of={spoken.map(value => ({ value, label: t.languages[value] }))} />}
      <h3>{t.push}</h3>
      <div class="lock-screen" lang={lang}>
        <strong>{push.title}</strong>
        <span>{push.body}</span>
      </div>
      <TryOut settle={settle} ring={(headers, body) => api('POST /api/news/alert-desk/{alert_id}/test', { alert_id: id, headers, body })} />
      <h3>{t.phone}</h3>
      <div class="phone-screen">
        <Whole of={preview.reader} plain as={lang} />
      </div>
      {loud && (
        <>
          <h3>{t.aloud}</h3>
          <p class="hint no-print">{t.aloudHint}</p>
          <p class="loud" lang={lang}>
            {loud}
          </p>
          <div class="buttons no-print">
            <Copy text={loud} what="" label={t.copy} />
            <button class="button" type="button" onClick={() => window.print()}>
              <Icon of={print} />
              {t.print}
            </button>
          </div>
        </>
      )}
    </Panel>
  )
}
