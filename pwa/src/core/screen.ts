import type { ComponentType } from 'preact'
import { lazy } from 'preact-iso'
import { ready } from './text'

/** A screen fetched when it is wanted, together with its module's words. */
export const screen = (words: object, load: () => Promise<{ default: ComponentType }>) => lazy(async () => (await Promise.all([load(), ready(words)]))[0])
