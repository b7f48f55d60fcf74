/**
 * Who is signed in on this browser, as far as the page knows without asking, and what to do when the server wants to know.
 * The token itself lies in a cookie that no script can read.
 */
import { computed, signal } from '@preact/signals'
import { keep, recall } from './memory'

/**
 * What the phone remembers of a session. `ends`: when it ends unless it is used, by this phone's clock; 0 when it has.
 * `leaving`: signed out without a line; the server is told as soon as there is one. `staff`: they have nothing of their own
 * in the residents' app, and a look into it asks for nothing.
 */
export type Mark = { id: string; shared: boolean; idle: number; ends: number; leaving?: true; staff?: true }
/** null: nobody is signed in, and nobody is asked who they are. */
export const mark = signal(recall<Mark>('session'))

/** The same of a resident, and of nobody else. */
export const resident = computed(() => (mark.value?.staff ? null : mark.value))

export function note(next: Mark | null) {
  keep('session', next)
  mark.value = next
}

/** The resident whom the server has recognised on this page; nobody until it has, and never somebody of the staff. */
export const present = signal<string | null>(null)

/** How often the server has said that nobody is signed in here, though the phone believes that somebody is. */
export const doubts = signal(0)

/** Another tab, or this page before it was left, has shown somebody who is no longer here: begin afresh. */
function look() {
  const now = recall<Mark>('session')
  if (mark.peek() && now?.id !== mark.peek()!.id) location.replace(start)
  else mark.value = now
}
addEventListener('storage', ({ key }) => (key === 'session' || key === null) && look())
addEventListener('pageshow', event => event.persisted && look())

/** Where this app begins: the residents', or the console of staff. */
export const start = /^\/staff(\/|$)/.test(location.pathname) ? '/staff' : '/'

export type Need = 'sign-in-needed' | 'proof-needed'
/** What the server wants before it goes on. The frame shows a dialog for it, over the form, which stays as it is. */
export const need = signal<{ what: Need; done: (met: boolean) => void } | null>(null)
let waiting: Promise<boolean> | undefined

/** True once the same person has signed in again or given the proof. Several requests before one door: one dialog. */
export function meet(what: Need) {
  // The session ended while a proof was asked for: signing in comes first, and is a proof too.
  if (need.peek() && what === 'sign-in-needed') need.value = { ...need.peek()!, what }
  return (waiting ??= new Promise<boolean>(done => (need.value = { what, done })).finally(() => {
    need.value = null
    waiting = undefined
  }))
}
