/** Where to go after signing in: a screen of our own, whatever the address says. */
export function own(next = '/') {
  try {
    const { origin, pathname, search, hash } = new URL(next, location.origin)
    if (next.startsWith('/') && origin === location.origin && !/^\/(api|health|sign-in)(\/|$)/.test(pathname)) return pathname + search + hash
  } catch {
    // No address at all.
  }
  return '/'
}
