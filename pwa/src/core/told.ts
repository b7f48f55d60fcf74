import { recall } from './memory'

/** JSON that the page has brought along under this name; else what this phone keeps under it. */
export const told = (name: string) => document.getElementById(name)?.textContent ?? recall<string>(name)
