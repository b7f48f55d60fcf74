import { type ComponentType, h } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { ready } from './text'

/** Fetched when it is first drawn. What did not come is fetched anew by whoever wants it next. */
export function lazy<P>(load: () => Promise<{ default: ComponentType<P> }>) {
  let part: ComponentType<P> | undefined
  let coming: Promise<void> | undefined
  // Nothing arrives where its screen is broken, see `ui/Screens.tsx`.
  const preload = () => (coming ??= load().then(it => void (part = (it as typeof it | undefined)?.default)).finally(() => (coming = undefined)))
  const Later = (props: P & object) => {
    const draw = useState(0)[1]
    const wait = useRef<Promise<void>>(undefined)
    if (part) return h(part, props)
    throw (wait.current ??= preload().then(() => draw(1)))
  }
  return Object.assign(Later, { preload })
}

/** A screen, or a part of one, fetched when it is wanted, together with its module's words, and those that it borrows. */
export const screen = <P = object>(words: object | object[], load: () => Promise<{ default: ComponentType<P> }>) => lazy<P>(async () => (await Promise.all([load(), ...[words].flat().map(ready)]))[0])
