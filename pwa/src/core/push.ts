/** Notifications on this phone: may they come, make them come, try whether they come. */
import { api, Problem, type Reply } from './api'
import { insideApp, installed, iPhone } from './device'
import { resident } from './session'
import { stores } from './stores'
import { language } from './text'

const device = async () => (await stores()).device
/** As what the server knows this phone. */
export const me = async () => (await device()).get()

export type PushState = 'unsupported' | 'install-first' | 'denied' | 'off' | 'on'
export type Message = Reply<'GET /api/notifications/devices/{device_id}/messages/{message_id}'>

export async function pushState(): Promise<PushState> {
  if (iPhone && !installed) return 'install-first'
  if (insideApp || !('PushManager' in window) || !('serviceWorker' in navigator)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager.getSubscription()
  return subscription && (await me().catch(() => undefined)) ? 'on' : 'off'
}

/** Call from a tap only. Where the push service cannot be reached, Chromium's subscribe() never settles: hence the limit. */
export async function turnOn(): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return pushState()
  const { key } = await api('GET /api/notifications/key', {})
  const { pushManager } = await navigator.serviceWorker.ready
  let old = await pushManager.getSubscription()
  // Made for another key than the server's: whatever is sent to it would be refused.
  if (old && !madeFor(key, old)) old = (await old.unsubscribe(), null)
  const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Problem(504)), 15_000))
  const subscription = old ?? (await Promise.race([pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), late]))
  await (await device()).put(await register(subscription))
  return 'on'
}

function madeFor(key: string, { options }: PushSubscription) {
  const bytes = String.fromCharCode(...new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0)))
  return btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') === key
}

const body = (subscription: PushSubscription) => {
  const { endpoint, keys } = subscription.toJSON() as { endpoint: string; keys: { p256dh: string; auth: string } }
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, language: language.value }
}

async function register(subscription: PushSubscription) {
  const known = await me()
  if (known) {
    try {
      await api('PUT /api/notifications/devices/{device_id}', { device_id: known.id, headers: { 'Device-Secret': known.secret }, body: body(subscription) })
      return known
    } catch (cause) {
      // The server has forgotten this phone: introduce it anew.
      if (!(cause instanceof Problem && cause.status === 404)) throw cause
    }
  }
  return api('POST /api/notifications/devices', { headers: { 'Idempotency-Key': crypto.randomUUID() }, body: body(subscription) })
}

/** The server writes to this phone in the language that the person reads now. */
export async function tellLanguage() {
  const registration = await navigator.serviceWorker?.getRegistration()
  const subscription = await registration?.pushManager?.getSubscription()
  if (subscription && (await me())) await register(subscription)
}

export async function turnOff(): Promise<PushState> {
  const known = await me()
  if (known) await api('DELETE /api/notifications/devices/{device_id}', { device_id: known.id, headers: { 'Device-Secret': known.secret } }).catch(ignoreForgotten)
  const { pushManager } = await navigator.serviceWorker.ready
  await (await pushManager.getSubscription())?.unsubscribe()
  await (await device()).remove()
  return 'off'
}

const ignoreForgotten = (cause: unknown) => {
  if (!(cause instanceof Problem && cause.status === 404)) throw cause
}

/** Sends a message to this phone and tells, for half a minute, how far it has come. */
export async function tryOut(tell: (message: Message) => void) {
  const known = await me()
  if (!known) throw new Problem(404)
  const headers = { 'Device-Secret': known.secret }
  const { message_id } = await api('POST /api/notifications/devices/{device_id}/test', { device_id: known.id, headers: { ...headers, 'Idempotency-Key': crypto.randomUUID() } })
  for (const until = Date.now() + 30_000; Date.now() < until; await new Promise(done => setTimeout(done, 1000))) {
    const message = await api('GET /api/notifications/devices/{device_id}/messages/{message_id}', { device_id: known.id, message_id, headers })
    tell(message)
    if (message.shown_at || message.state === 'gone' || message.state === 'failed') return
  }
}

/** Tells the server that whoever is signed in is told here what is theirs; told again at every visit, for their session may be another one. */
export async function claim() {
  const known = await me()
  if (known && resident.peek()?.ends && !resident.peek()!.shared) await api('PUT /api/notifications/devices/{device_id}/owner', { device_id: known.id, headers: { 'Device-Secret': known.secret } }).catch(ignoreForgotten)
}

/** The words by which somebody agrees that what is theirs travels abroad, and whether they have. */
export const wayAbroad = async (signal?: AbortSignal) => (await api('GET /api/privacy/consents', {}, signal)).items.find(one => one.purpose === 'push-abroad')!

/** Agreed to in these words: from now on this device rings for whoever is signed in. */
export async function agree(version: number) {
  await api('PUT /api/privacy/consents/{purpose}', { purpose: 'push-abroad', body: { version } })
  await claim()
}

export const ringsHere = async () => (await pushState()) === 'on' && !!(await wayAbroad()).given_at
