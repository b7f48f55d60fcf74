/** Takes off this phone what tells of a person: in the page, in its stores, and in the worker. */
import { keep } from './memory'
import { followed, home, letters, mine, recent, reported, textSize, theme } from './preferences'
import { stores } from './stores'

/**
 * `own`: what somebody did while signed in. `traces`: also what was saved, ticked and read lately. `everything`: also the
 * choices of the app and the way by which notifications come; for a device of many.
 */
export async function forget(what: 'own' | 'traces' | 'everything') {
  letters.value = mine.value = reported.value = null
  await tellWorker()
  await stores().then(({ results }) => results.clear()).catch(() => {})
  if (what !== 'own') await forgetTraces(what === 'everything')
  // Last: until the page goes, a form that is still open keeps what is typed in it.
  forgetTyped()
}

/** What was begun and not sent, in this tab and in all. */
function forgetTyped() {
  try {
    sessionStorage.clear()
    for (const name of Object.keys(localStorage)) if (name.startsWith('draft ')) localStorage.removeItem(name)
  } catch {
    // Storage forbidden: there is nothing to forget.
  }
}

async function forgetTraces(everything: boolean) {
  home.value = null
  recent.value = []
  followed.value = []
  if (everything) {
    await import('./push').then(({ turnOff }) => turnOff()).catch(() => {})
    theme.value = 'system'
    textSize.value = 0
    keep('language', null)
    // Reports that were never sent, too: on a device of many nobody is to find them.
    globalThis.indexedDB?.deleteDatabase('reports')
  }
  await stores().then(({ empty }) => empty(everything)).catch(() => {})
}

/** The worker drops what it keeps of somebody's reading, and what is still on its way to it. */
async function tellWorker() {
  const worker = navigator.serviceWorker?.controller
  if (!worker) return void (await globalThis.caches?.delete('data').catch(() => {}))
  const { port1, port2 } = new MessageChannel()
  await new Promise<unknown>(done => {
    port1.onmessage = done
    setTimeout(done, 3000)
    worker.postMessage('forget', [port2])
  })
}
