/**
 * Sends what waits, exactly once: everything is a PUT to an id that the phone has made, so that sending again changes nothing.
 * Runs in the page and, where the browser wakes it, in the worker; one of them at a time.
 */
import { plain } from '../../core/plain'
import { all, change, type Item, type PhotoKept, picture, pictured, type Refusal, remove, settle } from './kept'

/** Not a no, but not now: signing in, another account, too often, a busy server. */
const later = (status: number) => /40[1389]|42[59]|5../.test(`${status}`)
/** What the phone itself says no to; the screen has the sentence. */
const own = (type: string): Refusal => ({ type, title: '', detail: '' })
const PATIENCE = 120_000
/** Of a video at once: so much at most goes twice when the line breaks. */
const PIECE = 262_144

type Standing = PhotoKept & Refusal & { offset: number; whole: boolean }

/** As `fetch`; a page has one that tells how far it is. */
export type Carry = (path: string, sent: RequestInit) => Promise<Response>

/** Called after every step; with the report as it stands now, after what was said of it. */
export type Tell = (whole?: never) => void

/** Nothing of what is said can go there any more: no matter of one photo. */
const shut = /^(photos-closed|report-not-found)$/

/** True when something still waits. */
export const sendAll = async (tell: Tell, carry: Carry = fetch): Promise<boolean> =>
  navigator.locks.request('reports', { ifAvailable: true }, async lock => {
    for (const item of lock ? await all() : []) {
      // Without a line the next one has none either; anything else is this one's own trouble.
      // What this phone cannot read today is tried again, and is none of the others' matter.
      if (item.stage === 'waiting' && !(await sendOne(item, tell, carry).catch(() => 500))) break
    }
    // Also what was written meanwhile, and what another tab is at.
    return (await all()).some(one => one.stage === 'waiting')
  })

/** 200 when nothing of it waits any more; 0 without a line. */
async function sendOne({ operation, about, account, lang, body, photos, accepted }: Item, tell: Tell, carry: Carry): Promise<number> {
  const path = `/api/feedback/reports/${about?.key ?? operation}`
  let refused = false
  const refuse = (item: Item, said: Refusal) => {
    item.stage = 'refused'
    item.refusal = said
    refused = true
  }
  /** What the server has said for good, by `take`; or the status of what it has not. */
  async function put(path: string, body: BodyInit, type: string, take: (item: Item, ok: boolean, said: never) => void, piece?: Record<string, string>) {
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), PATIENCE)
    let reply, text
    try {
      reply = await carry(path, {
        method: piece ? 'PATCH' : 'PUT',
        body,
        signal: stop.signal,
        // What nobody had signed in for goes as nobody's; what somebody has written goes as theirs or not at all.
        headers: { 'Content-Type': type, 'Accept-Language': lang, 'If-Caller': account || 'nobody', ...piece },
      })
      text = await reply.text()
    } catch {
      // Too slow for this one is no word about the next.
      return stop.signal.aborted ? 408 : 0
    } finally {
      clearTimeout(late)
    }
    // A piece that the server has already is no reason to wait, nor is what cannot be said of a report any more.
    if (later(reply.status) && !((piece || about) && reply.status === 409)) return reply.status
    let said: object
    try {
      said = JSON.parse(text)
    } catch {
      // Somebody on the way has answered, and not our server: not now, unless it is too large for that way.
      if (reply.status !== 413) return 503
      said = own('too-large-on-the-way')
    }
    if (reply.status === 409 && (about ? (said as Refusal).type === 'caller-changed' : !('offset' in said))) return 409
    await change(operation, item => take(item, reply.ok, said as never))
    tell()
    return 200
  }
  if (!accepted && !about) {
    const status = await put(path, JSON.stringify({ ...body, text: plain(body.text), photos: pictured(photos).length }), 'application/json', (item, ok, said) => {
      if (ok) item.accepted = said
      else refuse(item, said)
    })
    if (status !== 200 || refused) return status
  }
  // What is said is said with all its photos, or not yet.
  let lacking = false
  for (const one of photos) {
    const { number, digest } = one
    const shown = one.kept ? undefined : await picture(operation, number)
    // The browser has thrown it away, or cannot read it any more.
    if (!one.kept && !(await shown?.slice(0, 1).arrayBuffer().then(() => true, () => false))) {
      await change(operation, item => {
        const shot = item.photos.find(it => it.number === number)
        if (shot) shot.refusal = own('photo-lost')
      })
      lacking = true
      continue
    }
    // A video goes piece after piece, from where the server says that it goes on.
    for (let going = !!shown; going; ) {
      const { sent = 0 } = one
      const piece = number ? undefined : { 'Upload-Offset': `${sent}`, 'Upload-Length': `${one.bytes}`, 'Repr-Digest': digest! }
      const take = (item: Item, ok: boolean, said: Partial<Standing>) => {
        const shot = item.photos.find(it => it.number === number)
        going = !!shot && said.offset !== undefined && !said.whole
        if (!shot) return
        if (about && !ok && shut.test(said.type!)) return refuse(item, said as Refusal)
        lacking ||= !ok && !going
        if (going) one.sent = shot.sent = said.offset!
        else if (ok) shot.kept = said as PhotoKept
        else shot.refusal = said as Refusal
      }
      const there = about ? `evidence/${one.id}` : number ? `photos/${number}` : 'video'
      const status = await put(`${path}/${there}`, piece ? shown!.slice(sent, sent + PIECE) : shown!, shown!.type, take as never, piece)
      if (status !== 200 || refused) return status
    }
  }
  if (about && !lacking) {
    let whole: undefined
    const status = await put(`${path}/${about.how}/${operation}`, JSON.stringify({ text: plain(body.text), photos: photos.map(one => one.id) }), 'application/json', (item, ok, said: Refusal) => {
      if (ok) whole = said as never
      // They have waited there for longer than a week: once more.
      else if (said.type === 'photo-not-found') for (const shot of item.photos) delete shot.kept
      else refuse(item, said)
    })
    if (whole) await remove(operation)
    tell(whole)
    return status
  }
  await settle(operation)
  tell()
  return 200
}
