import type { ComponentChildren } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { province } from '../../core/province'
import { Note } from '../../core/ui'
import { begin, caller } from '../../modules/identity/begin'
import { Dusk } from '../../modules/home/Dusk'
import { t } from '../text'
import { Languages } from './Languages'
import { Steps } from './Steps'

/** Before anybody is known. Whatever screen was wanted comes after it. */
export const SignIn = () => <Steps frame={Gate} onSignedIn={begin} />

/** One question on a quiet page. */
export function Gate({ title, lead, children }: { title: string; lead?: string | undefined; children: ComponentChildren }) {
  useLayoutEffect(() => {
    document.title = `${title} – ${province.app}`
  }, [title])
  return (
    <div class="gate">
      <div class="gate-picture" aria-hidden="true">
        <Dusk />
      </div>
      <main class="gate-page" id="main">
        <p class="brand">
          <img src="/icon.svg" alt="" width="34" height="34" />
          <span>
            {province.app}
            <small>{t.forStaff}</small>
          </span>
        </p>
        <div class="gate-form">
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
          {new URLSearchParams(location.search).has('ended') && <Note tone="warn">{t.ended}</Note>}
          {caller.value?.kind === 'resident' && <Note tone="warn">{t.residentHere}</Note>}
          {children}
        </div>
        <Languages />
      </main>
    </div>
  )
}
