import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { screen } from '../../core/screen'
import { Note, Page, Skeleton } from '../../core/ui'
import { begin, type Caller, caller, recognise } from './begin'
import { own } from './next'
import { progress } from './progress'
import { Steps } from './Steps'
import { t } from './text'
import { Vneid } from './Vneid'
import { t as ofAnother } from './vneid/text'
import { useWays } from './ways'

const OfAnother = screen(ofAnother, () => import('./vneid/OfAnother'))

export default function SignIn() {
  const { query, route } = useLocation()
  const next = own(query.next)
  const back = useSignal('done' in query)

  // Nothing that the page still remembers of somebody else is shown to them.
  const goOn = (another: boolean) => (another ? location.replace(next) : route(next, true))
  const signedIn = async (now: Caller) => goOn(await begin(now))

  // Back from VNeID, and the cookie is here.
  useEffect(() => {
    if (back.value)
      void recognise()
        .then(another => caller.peek() && goOn(another))
        .catch(() => {})
        .finally(() => (back.value = false))
  }, [])
  if (back.value)
    return (
      <Page title={t.signIn}>
        <Skeleton rows={1} />
      </Page>
    )
  return <Steps frame={Frame} onSignedIn={signedIn} />
}

/** Around each question; the other ways stand below the first one. */
function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const { query } = useLocation()
  const ways = useWays()
  const first = progress.value.step === 'phone'
  return (
    <Page title={title}>
      {'problem' in query &&
        first &&
        (query.problem === 'vneid-of-another' ? <OfAnother /> : <Note tone="warn">{query.problem === 'provider-away' ? t.vneidAway : t.vneidLost}</Note>)}
      {children}
      {first && ways?.vneid && (
        <div class="or">
          <p class="hint">{t.or}</p>
          <Vneid next={own(query.next)} shared={progress.value.shared} label={t.withVneid} />
        </div>
      )}
      {first && (
        <>
          <div>
            <a class="button bare" href="/lost-phone">
              {t.lostNumber}
            </a>
          </div>
          <p class="hint">{t.freeToRead}</p>
        </>
      )}
    </Page>
  )
}
