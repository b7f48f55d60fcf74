import { Note } from '../../../core/ui'
import { elsewhere } from './elsewhere'
import { t } from './text'

const href = { procedure: 'https://dichvucong.gov.vn', complaint: '/places' }

/** Where this belongs which is no field report; whoever writes may send it all the same. */
export default function Led({ text }: { text: string }) {
  const where = elsewhere(text)
  if (!where) return null
  const led = t.led[where]
  return (
    <Note tone="warn" title={led.title}>
      <p>{led.text}</p>
      <p>
        <a class="button" href={href[where]} target="_blank" rel="noopener">
          {led.link}
        </a>
      </p>
      <p class="hint">{t.elsewhereStill}</p>
    </Note>
  )
}
