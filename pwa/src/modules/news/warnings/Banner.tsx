import { useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { moment } from '../../../core/moment'
import { present } from '../../../core/session'
import { Icon } from '../../../core/ui'
import { arrow, check, close, warning } from '../../../core/ui/icons'
import { type Alert, askWhere, cleared, mine, putAway, tone, watch, words } from './now'
import { t } from './text'
import './warnings.css'

/** Above every screen while something threatens the place where the reader lives; the gravest of several. */
export function Banner() {
  const { path } = useLocation()
  useEffect(watch, [])
  const account = present.value
  useEffect(() => void askWhere().catch(() => {}), [account])
  if (path === '/warnings') return null
  const [first, ...others] = mine().filter(one => path !== `/warnings/${one.id}`)
  return (
    first && (
      <aside class={`warned ${tone(first)}`} aria-label={t.title}>
        <One of={first} />
        {cleared(first) && (
          <button class="button bare" type="button" onClick={() => putAway(first)}>
            <Icon of={close} />
            <span class="unseen">{t.putAway}</span>
          </button>
        )}
        {others.length > 0 && (
          <a class="warned-more" href="/warnings">
            {t.more(others.length)}
          </a>
        )}
      </aside>
    )
  )
}

function One({ of }: { of: Alert }) {
  const { kind, grade, headline, lang } = words(of)
  return (
    <a class="warned-one" href={`/warnings/${of.id}`}>
      <Icon of={cleared(of) ? check : warning} />
      <span>
        <strong>{cleared(of) ? t.clearedOf(kind) : t.of(kind, grade)}</strong>
        <span lang={lang}>{headline}</span>
        {!cleared(of) && of.ends_at && <small>{t.until(moment(of.ends_at))}</small>}
      </span>
      <Icon of={arrow} />
    </a>
  )
}
