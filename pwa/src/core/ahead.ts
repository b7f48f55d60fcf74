/** One question asked before the program is here to ask it (`src/early.ts`); `api` takes the answer instead of asking again. */
type Ahead = { url: string; stop: AbortController; reply: Promise<Response> }
let one: Ahead | undefined

export function askAhead(url: string, language: string) {
  const stop = new AbortController()
  const reply = fetch(url, { signal: stop.signal, headers: { 'Accept-Language': language } })
  reply.catch(() => {}) // whoever takes it hears of the failure
  one = { url, stop, reply }
  return reply
}

/** The answer on its way to this very question; once. */
export function askedAhead(url: string) {
  const same = one?.url === url ? one : undefined
  if (same) one = undefined
  return same
}
