import type { ComponentType } from 'preact'
import { lazy } from 'preact-iso'
import { ready } from './text'

/** A screen fetched when it is wanted, together with its module's words, and those that it borrows. */
export const screen = (words: object | object[], load: () => Promise<{ default: ComponentType }>) => lazy(async () => (await Promise.all([load(), ...[words].flat().map(ready)]))[0])
