import { mark, need, start } from '../../core/session'
import { begin, type Caller } from './begin'

/** Signed in again, or proved: what was interrupted goes on, but only for whoever began it. */
export async function met(caller: Caller) {
  const before = mark.peek()
  const door = need.peek()
  // Somebody else must neither see nor send what the person before them had begun.
  if (await begin(caller)) location.replace(start === '/' ? '/account?another' : start)
  else door?.done(!before || before.id === caller.id)
}
