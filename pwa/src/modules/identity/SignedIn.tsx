import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso'
import { useRef } from 'preact/hooks'
import { resident } from '../../core/session'
import { Empty, Page } from '../../core/ui'
import { t } from './text'

type Props = { title: string; path: string; back: [href: string, label: string]; children: ComponentChildren }
/** A screen of somebody's own. Whoever is not signed in reads why one might be. What is open stays open when the session lapses. */
export function SignedIn({ title, path, back, children }: Props) {
  const lapsed = !!resident.value?.id
  const ended = 'ended' in useLocation().query
  const shown = useRef(false)
  shown.current = lapsed && (shown.current || !!resident.value?.ends)
  return (
    <Page title={title} back={back}>
      {shown.current ? (
        children
      ) : (
        <Empty title={lapsed ? t.lapsed : ended ? t.ended : t.notYet}>
          <p>{lapsed ? t.lapsedText : ended ? t.endedText : t.notYetText}</p>
          <a class="button main" href={`/sign-in?next=${path}`}>
            {t.signIn}
          </a>
          <p class="hint">{t.freeToRead}</p>
        </Empty>
      )}
    </Page>
  )
}
