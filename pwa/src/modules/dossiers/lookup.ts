/** Dossiers looked up by what stands on the slip: asked for, and what this device remembers of them. */
import { api } from '../../core/api'
import { type Followed, followed } from '../../core/preferences'
import { language } from '../../core/text'

/** What is asked again by itself when it is opened: older than this, or said in another language. */
const OLD = 10 * 60_000

/** Those of this visit, for their own screens: without their digits they open to nobody. */
const looked = new Map<string, Followed>()

export const known = (code: string) => followed.value.find(one => one.standing.code === code) ?? looked.get(code)

export const old = (one: { at: string; lang: string }) => Date.now() - Date.parse(one.at) > OLD || one.lang !== language.value

export async function lookUp(code: string, digits: string): Promise<Followed> {
  const standing = await api('POST /api/dossiers/lookup', { body: { code, last_digits: digits } })
  const one = { digits, at: new Date().toISOString(), lang: language.peek(), standing }
  looked.set(standing.code, one)
  // What the device remembers of this dossier is what is known of it now.
  followed.value = followed.peek().map(kept => (kept.standing.code === standing.code ? one : kept))
  return one
}

export function keep(one: Followed, wanted: boolean) {
  looked.set(one.standing.code, one)
  followed.value = [...(wanted ? [one] : []), ...followed.value.filter(kept => kept.standing.code !== one.standing.code)].slice(0, 20)
}
