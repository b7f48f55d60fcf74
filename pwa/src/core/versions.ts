/** The service worker from the page's side: start it, notice a new version, switch when the person agrees. */
import { signal } from '@preact/signals'

export const newVersion = signal(false)
let waiting: ServiceWorker | null = null
let agreed = false

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
  // The first screen first: the worker fetches the rest of the app.
  if (document.readyState === 'complete') void start()
  else addEventListener('load', () => void start())
}

async function start() {
  navigator.serviceWorker.addEventListener('controllerchange', () => agreed && location.reload())
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
}

export function takeOver() {
  agreed = true
  waiting?.postMessage('take over')
}
