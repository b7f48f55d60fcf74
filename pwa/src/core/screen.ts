import type { ComponentType } from 'preact'
import { lazy } from 'preact-iso'
import { ready } from './text'

/** A screen, or a part of one, fetched when it is wanted, together with its module's words, and those that it borrows. */
export const screen = <P = object>(words: object | object[], load: () => Promise<{ default: ComponentType<P> }>) => lazy(async () => (await Promise.all([load(), ...[words].flat().map(ready)]))[0])
