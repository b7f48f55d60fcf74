/** The service worker: keeps the app usable without a line, and shows what the server sends. */
import { activate, forget, fresh, install, kept, makeWay, renew, shell } from './cache'
import { sendAll } from '../modules/feedback/send'
import { opened, renewed, show } from './push'

declare const self: ServiceWorkerGlobalScope

/** A file of the app itself. */
const part = /^\/(assets\/.+|[\w-]+\.\w+)$/

self.addEventListener('install', event => event.waitUntil(install()))
self.addEventListener('activate', event => event.waitUntil(activate()))
self.addEventListener('message', event => {
  // Only when the person agreed: until then the old version stays whole.
  if (event.data === 'take over') void self.skipWaiting()
  if (event.data === 'make way') makeWay()
  // The page has had its turn.
  if (event.data === 'renew') event.waitUntil(renew())
  // Somebody signs out, and waits until it is done.
  if (event.data === 'forget') event.waitUntil(forget().then(() => event.ports[0]?.postMessage('forgotten')))
})

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (kept(url)) event.respondWith(fresh(event))
  else if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/health/')) return
  // Feeds are for other programs, also when a person looks at one.
  else if (/^\/(feeds|open311)\//.test(url.pathname)) return
  // The console of staff is another app, and never without a line.
  else if (/^\/staff(\/|$)/.test(url.pathname)) return
  else if (request.mode === 'navigate') event.respondWith(shell('/'))
  else if (part.test(url.pathname)) event.respondWith(shell(url.pathname))
})

// The line is back, and perhaps no page is open: what waits goes now, or the browser asks again later.
self.addEventListener('sync', event => (event as ExtendableEvent).waitUntil(sendAll(() => {}).then(left => left && Promise.reject())))

self.addEventListener('push', event => event.waitUntil(show(event.data)))
self.addEventListener('notificationclick', event => event.waitUntil(opened(event.notification)))
self.addEventListener('pushsubscriptionchange', event => (event as ExtendableEvent).waitUntil(renewed(event as Parameters<typeof renewed>[0])))
