/** The database, fetched when it is first needed. */
export const stores = () => import('./storage')

/** Once the screen stands, and the phone has a moment. */
export const calm = () => new Promise<unknown>(done => ('requestIdleCallback' in window ? requestIdleCallback(done, { timeout: 1000 }) : setTimeout(done, 200)))

/** Nothing of the first screen waits for what the phone has kept, and on a slow line its file would go before. */
export const storesLater = async () => {
  await calm()
  return stores()
}
