/** What kind of phone and window this is: decides which help is the right one. */
import { signal } from '@preact/signals'

const agent = navigator.userAgent
/** iPads call themselves Macs but have fingers. */
export const iPhone = /iP(hone|ad|od)/.test(agent) || (/Mac/.test(agent) && navigator.maxTouchPoints > 1)
export const installed = matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true
/** Browsers inside chat apps: no installing, no notifications. */
export const insideApp = /Zalo/i.test(agent) ? 'Zalo' : /FBA[NV]|FB_IAB|Messenger/.test(agent) ? 'Facebook' : null

type InstallOffer = Event & { prompt(): Promise<void> }
/** The browser's own offer to install, kept until the person asks for it. */
export const installOffer = signal<InstallOffer | null>(null)
addEventListener('beforeinstallprompt', offer => {
  offer.preventDefault()
  installOffer.value = offer as InstallOffer
})
addEventListener('appinstalled', () => (installOffer.value = null))
