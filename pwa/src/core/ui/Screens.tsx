/** The frame around the screens of an app: each is fetched when it is wanted, and what everybody must know stands above. */
import { signal } from '@preact/signals'
import type { ComponentChildren, ComponentProps } from 'preact'
import { ErrorBoundary, Router, useLocation } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { Empty, Icon, Page, shown } from '.'
import { connected } from '../connection'
import { t } from '../text/words'
import { cloud } from './icons'

/** The next screen is still on its way: on a slow line a tap must not seem to do nothing. */
const moving = signal(false)
/** A screen could not be fetched, or fell over; or a part of one, which stays with what was typed there: whoever wanted it is told. */
const broken = signal<'screen' | 'part' | ''>('')
addEventListener('vite:preloadError', event => {
  moving.value = false
  if (shown !== location.pathname) event.preventDefault()
  broken.value = event.defaultPrevented ? 'screen' : 'part'
})

const Reload = () => (
  <button class="button main" type="button" onClick={() => location.reload()}>
    {t.reload}
  </button>
)

/** The new screen begins at its heading, unless it has already put the cursor somewhere. */
export const begun = () => {
  if (!document.getElementById('main')?.contains(document.activeElement)) document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

/** `children`: a `Route` for each screen. */
export function Screens({ children }: Pick<ComponentProps<typeof Router>, 'children'>) {
  const { url } = useLocation()
  useEffect(() => {
    broken.value = ''
  }, [url])
  if (broken.value === 'screen')
    return (
      <Page title={t.broken}>
        <Empty title={t.brokenHint}>
          <Reload />
        </Empty>
      </Page>
    )
  return (
    <ErrorBoundary onError={() => (broken.value = 'screen')}>
      <Router onRouteChange={begun} onLoadStart={() => (moving.value = !broken.peek())} onLoadEnd={() => (moving.value = false)}>
        {children}
      </Router>
    </ErrorBoundary>
  )
}

/** No line, and what `still` goes without one; and whatever else must be known wherever a person is. */
export const Ribbons = ({ busy, still, children }: { busy?: boolean; still: string; children?: ComponentChildren }) => (
  <div role="status">
    {(moving.value || busy) && (
      <p class="moving">
        <span class="unseen">{t.loading}</span>
      </p>
    )}
    {broken.value === 'part' && (
      <p class="ribbon">
        {t.brokenHint}
        <Reload />
      </p>
    )}
    {!connected.value && (
      <p class="ribbon">
        <strong>
          <Icon of={cloud} />
          {t.offlineBar}
        </strong>
        {still}
      </p>
    )}
    {children}
  </div>
)

/** Nothing lives at this address. */
export const NotFound = ({ hint, children }: { hint: string; children: ComponentChildren }) => (
  <Page title={t.notFound}>
    <Empty title={hint}>{children}</Empty>
  </Page>
)
