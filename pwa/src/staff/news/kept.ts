/** What is typed and has not reached the server, on this machine under its writer's id: closing the page loses nothing, signing out leaves nothing (core/forget). */
import { keep, recall } from '../../core/memory'
import { mark } from '../../core/session'
import type { Content } from './content'

/** `sent`: what was on its way when the page was left; the server may have it, or not. */
type Kept = { version: number; content: Content; sent?: Content | undefined }
const name = (writer: string, article: string) => `draft ${writer} news ${article}`

export const unsent = (writer: string, article: string) => recall<Kept>(name(writer, article))
/** Not for somebody who has just gone: a page that is left saves once more. */
export function keepUnsent(writer: string, article: string, of: Kept) {
  if (mark.peek()?.id === writer) keep(name(writer, article), of)
}

export function forgetUnsent(writer: string, article: string) {
  try {
    localStorage.removeItem(name(writer, article))
  } catch {
    // Storage forbidden: nothing was kept.
  }
}
