/**
 * Sends what waits, exactly once: everything is a PUT to an id that the phone has made, so that sending again changes nothing.
 * Runs in the page and, where the browser wakes it, in the worker; one of them at a time.
 */
import { all, change, clear, type Item, picture, type Refusal } from './kept'

/** Not a no, but not now: signing in, another account, too often, a busy server. */
const later = (status: number) => [401, 403, 408, 409, 425, 429].includes(status) || status >= 500
const PATIENCE = 120_000

class Later extends Error {}
class NoLine extends Error {}

/** True when something still waits. `tell` is called after every step. */
export async function sendAll(language: string, tell: () => void): Promise<boolean> {
  const work = async () => {
    let left = false
    for (const item of await all()) {
      if (item.stage !== 'waiting') continue
      try {
        await sendOne(item, language, tell)
      } catch (cause) {
        left = true
        // Without a line the next one has none either; anything else is this one's own trouble.
        if (cause instanceof NoLine) break
      }
    }
    return left
  }
  return navigator.locks.request('reports', { ifAvailable: true }, lock => (lock ? work() : true))
}

async function sendOne(item: Item, language: string, tell: () => void) {
  const to = `/api/feedback/reports/${item.operation}`
  const put = (path: string, body: BodyInit, type: string) => ask(path, item.account, language, body, type)
  if (!item.accepted) {
    const reply = await put(to, JSON.stringify({ ...item.body, photos: item.photos.length ? Math.max(...item.photos.map(one => one.number)) : 0 }), 'application/json')
    const said = await reply.json()
    await change(item.operation, it => (reply.ok ? (it.accepted = said) : ((it.stage = 'refused'), (it.refusal = refusal(said)))))
    tell()
    if (!reply.ok) return
  }
  let refused = false
  for (const { number, kept } of item.photos) {
    if (kept) continue
    const shown = await picture(item.operation, number)
    if (!shown) continue
    const reply = await put(`${to}/photos/${number}`, shown, shown.type || 'application/octet-stream')
    const said = await reply.json()
    refused ||= !reply.ok
    await change(item.operation, it => {
      const shot = it.photos.find(one => one.number === number)
      if (shot) Object.assign(shot, reply.ok ? { kept: said } : { refusal: refusal(said) })
    })
    tell()
  }
  await change(item.operation, it => (it.stage = refused ? 'refused' : 'sent'))
  if (!refused) await clear(item.operation)
  tell()
}

const refusal = ({ type, title, detail, found }: Refusal): Refusal => ({ type, title, detail, ...(found ? { found } : {}) })

/** Throws NoLine without an answer, and Later when it is none that lasts. */
async function ask(path: string, account: string, language: string, body: BodyInit, type: string) {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const reply = await fetch(path, {
      method: 'PUT',
      body,
      signal: stop.signal,
      // What nobody had signed in for goes as nobody's; what somebody has written goes as theirs or not at all.
      credentials: account ? 'same-origin' : 'omit',
      headers: { 'Content-Type': type, 'Accept-Language': language, ...(account ? { 'If-Caller': account } : {}) },
    })
    if (later(reply.status)) throw new Later()
    return reply
  } catch (cause) {
    throw cause instanceof Later ? cause : new NoLine()
  } finally {
    clearTimeout(late)
  }
}
