import { useLocation } from 'preact-iso'
import type { ComponentChildren } from 'preact'
import { Page } from '../../core/ui'
import { begin, type Caller } from './begin'
import { own } from './next'
import { progress } from './progress'
import { Steps } from './Steps'
import { t } from './text'

export default function SignIn() {
  const { query, route } = useLocation()
  const next = own(query.next)
  async function signedIn(caller: Caller) {
    await begin(caller)
    route(next, true)
  }
  return <Steps frame={Frame} onSignedIn={signedIn} />
}

const Frame = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <Page title={title}>
    {children}
    {progress.value.step === 'phone' && <p class="hint">{t.freeToRead}</p>}
  </Page>
)
