/** The service worker from the page's side: start it, notice a new version, switch when the person agrees. */
import { signal } from '@preact/signals'

export const newVersion = signal(false)
let waiting: ServiceWorker | null = null
/** The person agreed, and the new version is taking over. */
export const updating = signal(false)
/** How long the first screen has the line and the processor for itself. */
const CALM = 2000
const LONG = 10_000

/** Our page may run no script by address except this one (Trusted Types, `security.md` 3.4). */
const trusted = () => {
  const own = (url: string) => {
    if (url !== '/sw.js') throw new TypeError(url)
    return url
  }
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): unknown } } }).trustedTypes
  return (types ? types.createPolicy('app', { createScriptURL: own }).createScriptURL('/sw.js') : '/sw.js') as string
}

export function boot() {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  const calm = () => setTimeout(() => void start(), CALM)
  if (document.readyState === 'complete') calm()
  else addEventListener('load', calm)
}

/** Where nothing was started by itself: the console rings, and keeps nothing. */
export const startWorker = () => navigator.serviceWorker.register(trusted())

async function start() {
  navigator.serviceWorker.addEventListener('controllerchange', () => updating.value && location.reload())
  const registration = await navigator.serviceWorker.register(trusted()).catch(() => undefined)
  if (!registration) return
  const look = () => {
    waiting = registration.waiting
    // Without a controller this is the very first version: nothing to agree to.
    newVersion.value = !!waiting && !!navigator.serviceWorker.controller
  }
  look()
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
  document.addEventListener('visibilitychange', () => document.hidden || void registration.update().catch(() => {}))
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage('renew')
}

export function takeOver() {
  updating.value = true
  // The old one first lays down what it is doing: the new one cannot begin before.
  navigator.serviceWorker.controller?.postMessage('make way')
  waiting?.postMessage('take over')
  setTimeout(() => (updating.value = false), LONG)
}
