/**
 * Arrives before the rest of the program, and does not wait for it: asks what the first screen will ask, and fetches that
 * screen. Without it three round trips would follow one another. The build gives it a file of its own (`build/early.ts`),
 * so it imports nothing that needs the libraries.
 */
import { address } from './core/address'
import { askAhead } from './core/ahead'
import { wished } from './core/language'
import { asked, page } from './modules/catalogue/asked'
import { load as catalogue } from './modules/catalogue/text/load'
import { load as warnings } from './modules/news/warnings/text/load'
import { load as places } from './modules/places/text/load'
import { load as settings } from './modules/settings/text/load'

/** Everything asked for here has come, or will not. */
export let arrived: Promise<unknown> = Promise.resolve()

const [, name, code] = location.pathname.split('/').map(decodeURIComponent)
const language = wished()
const query = Object.fromEntries(new URLSearchParams(location.search))

if (name === 'search') {
  askAhead(address('GET /api/catalogue/procedures', page(asked(query))), language)
  fetched(import('./modules/catalogue/Search'), catalogue[language]())
} else if (name === 'procedures' && code) {
  fetched(askAhead(address('GET /api/catalogue/procedures/{code}', { code }), language), import('./modules/catalogue/Procedure'), catalogue[language]())
} else if (name === 'places' && code) {
  askAhead(address('GET /api/places/units/{code}', { code }), language)
  fetched(import('./modules/places/Place'), places[language]())
} else if (name === 'places') {
  askAhead(address('GET /api/places/units', { limit: 100 }), language)
  fetched(import('./modules/places/Places'), places[language]())
} else if (name === 'saved') {
  fetched(import('./modules/catalogue/Saved'), catalogue[language]())
} else if (name === 'settings') {
  fetched(import('./modules/settings/Settings'), settings[language]())
}

// Shown with the first screen.
if (document.getElementById('alerts')) Promise.all([import('./modules/news/warnings/Banner'), warnings[language]()]).catch(() => {})

/** A failure is told by the screen, which asks for the same again. */
function fetched(...parts: Promise<unknown>[]) {
  arrived = Promise.allSettled(parts)
}
