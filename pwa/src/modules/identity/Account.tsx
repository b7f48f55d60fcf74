import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { mark } from '../../core/session'
import { Empty, Icon, Note, Page } from '../../core/ui'
import { out } from '../../core/ui/icons'
import { signOut } from './begin'
import './identity.css'
import { t } from './text'

export default function Account() {
  const { query } = useLocation()
  const busy = useSignal(false)
  if (!mark.value || mark.value.leaving)
    return (
      <Page title={t.account}>
        <Empty title={t.notYet}>
          <p>{t.notYetText}</p>
          <a class="button main" href="/sign-in?next=/account">
            {t.signIn}
          </a>
          <p class="hint">{t.freeToRead}</p>
        </Empty>
      </Page>
    )
  return (
    <Page title={t.account}>
      {'another' in query && <Note tone="warn">{t.another}</Note>}
      <div>
        <button class="button" type="button" disabled={busy.value} onClick={() => ((busy.value = true), void signOut(false))}>
          <Icon of={out} />
          {t.signOut}
        </button>
      </div>
    </Page>
  )
}
