/** Messages from the server: shown always, opened inside the app only, and the subscription kept alive. */
import { province } from '../core/province'
import { device } from '../core/storage'

declare const self: ServiceWorkerGlobalScope

/** Declarative web push: Safari shows it by itself, the others hand it to us. */
type Payload = { notification?: { title?: string; body?: string; lang?: string; tag?: string; navigate?: string; data?: { message_id?: string } } }
type Shown = { path: string; message?: string | undefined }

/** The screens that a message may open; anything else opens the first. */
const ours = /^\/(search|procedures|places|saved|settings|dossiers|inbox|notifications|install|about|emergency|reports|news|warnings|payments|staff)(\/[\w.-]+){0,2}$/

function path(navigate = '/') {
  const url = new URL(navigate, location.origin)
  return url.origin === location.origin && ours.test(url.pathname) ? url.pathname + url.search : '/'
}

/** Nobody has touched anything: that is no use of a session. */
const byItself = { headers: { 'By-Itself': '1' } }

const report = (message: string | undefined, what: 'shown' | 'opened', how: RequestInit = {}) =>
  message && fetch(`/api/notifications/messages/${encodeURIComponent(message)}/${what}`, { method: 'POST', ...how }).catch(() => {})

/** How much is unread stands on the app's icon, closed as it is; what is nobody's own in the app counts for nobody. */
async function count(path: string) {
  if (!path.startsWith('/inbox/') || !('setAppBadge' in navigator)) return
  const reply = await fetch('/api/notifications?limit=1', byItself)
  if (reply.ok) await navigator.setAppBadge(((await reply.json()) as { unread: number }).unread)
}

export async function show(data: PushMessageData | null) {
  let said: Payload['notification']
  try {
    said = (data?.json() as Payload).notification
  } catch {
    // Not ours or damaged. Browsers take the permission away when nothing is shown, so something is.
  }
  const kept: Shown = { path: path(said?.navigate), message: said?.data?.message_id }
  await self.registration.showNotification(said?.title ?? province.app, {
    body: said?.body ?? '',
    lang: said?.lang ?? 'vi',
    tag: said?.tag ?? '',
    icon: '/icon-192.png',
    badge: '/badge.png',
    data: kept,
  })
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage('pushed')
  await Promise.all([report(kept.message, 'shown', byItself), count(kept.path).catch(() => {})])
}

export async function opened(notification: Notification) {
  notification.close()
  const { path, message } = notification.data as Shown
  const told = report(message, 'opened')
  const [open] = await self.clients.matchAll({ type: 'window' })
  const there = await open?.navigate(path).catch(() => null)
  await (there ? there.focus() : self.clients.openWindow(path))
  await told
}

/** The push service changed our address: take the new one and tell the server, or messages go nowhere. */
export async function renewed({ oldSubscription, newSubscription }: { oldSubscription?: PushSubscription | null; newSubscription?: PushSubscription | null }) {
  const known = await device.get()
  if (!known) return
  const url = `/api/notifications/devices/${known.id}`
  const headers = { 'Device-Secret': known.secret }
  const { language } = (await (await fetch(url, { headers })).json()) as { language: string }
  const key = oldSubscription?.options.applicationServerKey ?? ((await (await fetch('/api/notifications/key')).json()) as { key: string }).key
  const subscription = newSubscription ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }))
  const { endpoint, keys } = subscription.toJSON()
  await fetch(url, { method: 'PUT', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ endpoint, keys, language }) })
}
