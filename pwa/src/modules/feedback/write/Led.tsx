import type { Reply } from '../../../core/api'
import { Note } from '../../../core/ui'
import { elsewhere } from './elsewhere'
import { t } from './text'

/** Where this belongs which is no field report; whoever writes may send it all the same. */
export default function Led({ text, of }: { text: string; of: Reply<'GET /api/feedback/categories'>['elsewhere'] }) {
  const where = elsewhere(text)
  const led = of.find(one => one.kind === where)
  if (!led) return null
  return (
    <Note tone="warn" title={led.title}>
      <p>{led.text}</p>
      <p>
        <a href={led.href} target="_blank" rel="noopener">
          {led.link}
        </a>
      </p>
      <p class="hint">{t.elsewhereStill}</p>
    </Note>
  )
}
