/** The server, typed from its OpenAPI document: everything here except `api` is types and costs no bytes. */
import { address } from './address'
import { askedAhead } from './ahead'
import { heard, missed, PATIENCE } from './connection'
import type { paths } from './schema'
import { doubts, mark, meet, type Need, start } from './session'
import { language } from './text'

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
/** 'GET /api/catalogue/procedures/{code}' and so on: every operation that the server has, and no other. */
export type Route = {
  [P in keyof paths]: { [M in Method]: paths[P][M] extends { responses: unknown } ? `${Uppercase<M>} ${P & string}` : never }[Method]
}[keyof paths]
type Operation<R extends Route> = R extends `${infer M} ${infer P extends keyof paths}` ? paths[P][Lowercase<M> & Method] : never
type Json<T> = T extends { content: { 'application/json': infer B } } ? B : never
type Named<O, Where extends string> = O extends { parameters: { [W in Where]?: infer N } } ? (N extends object ? N : unknown) : unknown
type Headers<O> = O extends { parameters: { header: infer H } } ? { headers: H & Record<string, string> } : { headers?: Record<string, string> }
type Body<O> = O extends { requestBody: infer B } ? { body: Json<B> } : unknown
export type Asked<R extends Route> = Named<Operation<R>, 'path'> & Named<Operation<R>, 'query'> & Headers<Operation<R>> & Body<Operation<R>>
type Answers<O> = O extends { responses: infer A } ? A : never
export type Reply<R extends Route> = Answers<Operation<R>> extends { 200: infer B } | { 201: infer B } | { 202: infer B } ? Json<B> : void

type Said = { type?: string; title?: string; detail?: string | null } & Record<string, unknown>
/** What went wrong, in words for the person: the server's own (RFC 9457), or none when there was no answer at all. */
export class Problem extends Error {
  private readonly lang = language.peek()
  constructor(readonly status: number, private readonly all: Said = {}) {
    super()
  }
  /** Without its sentences once another language is spoken: better none than one that the person cannot read. */
  get said(): Said {
    return this.lang === language.value ? this.all : { ...this.all, title: undefined, detail: undefined }
  }
  get message() {
    return this.all.title ? this.said.title ?? '' : `HTTP ${this.status}`
  }
  get offline() {
    return this.status === 0
  }
}

const copies = new WeakMap<object, string>()
/** Marks an answer as stored on the phone at that time. */
export function copied<T extends object>(answer: T, at: string) {
  copies.set(answer, at)
  return answer
}
/** When this answer was stored, if it is the worker's stored copy and not the server's word of now. */
export const copiedAt = (answer: unknown) => (typeof answer === 'object' && answer ? copies.get(answer) : undefined)

/**
 * When somebody last touched this page, or opened it. What it asks long after, on a timer, is no sign that they are there:
 * it must not make their session last.
 */
let touched = Date.now()
for (const one of ['pointerdown', 'keydown']) addEventListener(one, () => (touched = Date.now()), { capture: true, passive: true })

let behind = 0
/** The field has whole seconds, and the line takes its time: a clock that is about right is believed. */
function tell(date: string | null) {
  const by = Date.parse(date!) - Date.now()
  behind = Math.abs(by) > 10_000 ? by : 0
}
/** A moment that the server named, by this phone's own clock, which may be wrong. */
export const here = (iso: string) => Date.parse(iso) - behind

/**
 * A session that has lapsed, or a proof that is too old, does not end what the person is doing: they are asked for it, and
 * the request is sent again. Reading never asks to sign in: the screen says so itself.
 */
const mayGoOn = (method: string, { status, said: { type } }: Problem) =>
  status === 401 && (type === 'proof-needed' || (type === 'sign-in-needed' && method !== 'GET')) && meet(type as Need)

export async function api<R extends Route>(route: R, asked: Asked<R>, signal?: AbortSignal, limit = 5 * PATIENCE): Promise<Reply<R>> {
  const { body, headers } = asked as { body?: unknown; headers?: Record<string, string> }
  const method = route.split(' ')[0]!
  const file = body instanceof Blob
  const url = address(route, asked)
  // What somebody began here is not done as somebody else, who has signed in meanwhile in another tab.
  const caller = method !== 'GET' && mark.peek()?.id
  const ahead = method === 'GET' ? askedAhead(url) : undefined
  const stop = ahead?.stop ?? new AbortController()
  signal?.addEventListener('abort', () => stop.abort())
  const slow = setTimeout(missed, PATIENCE)
  const lost = setTimeout(() => stop.abort(), limit)
  try {
    const reply = await (ahead?.reply ??
      fetch(url, {
        method,
        signal: stop.signal,
        headers: { 'Accept-Language': language.value, ...(Date.now() - touched > 10_000 ? { 'By-Itself': '1' } : {}), ...(body ? { 'Content-Type': file ? body.type : 'application/json' } : {}), ...(caller ? { 'If-Caller': caller } : {}), ...headers },
        ...(body ? { body: file ? body : JSON.stringify(body) } : {}),
      }))
    const said = reply.status === 204 ? undefined : await (/zip|pdf/.test(reply.headers.get('content-type')!) ? reply.blob() : reply.json())
    // What may come from a cache tells an old time.
    if (reply.headers.get('cache-control') === 'no-store') tell(reply.headers.get('date'))
    const copy = reply.headers.get('x-copied-at')
    if (copy) copied(said, copy)
    if (copy) missed()
    else heard()
    if (reply.ok) return said
    const problem = new Problem(reply.status, said)
    if (problem.said.type === 'caller-changed') location.replace(start)
    if (problem.said.type === 'sign-in-needed' && mark.peek()?.ends) doubts.value++
    clearTimeout(slow)
    clearTimeout(lost)
    if (await mayGoOn(method, problem)) return await api(route, asked, signal, limit)
    throw problem
  } catch (cause) {
    if (cause instanceof Problem || signal?.aborted) throw cause
    if (cause instanceof SyntaxError) throw new Problem(502)
    missed()
    throw new Problem(0)
  } finally {
    clearTimeout(slow)
    clearTimeout(lost)
  }
}
