/** Gives an address of this app on. What to say then: that it was copied, or the address itself where that is forbidden. */
export async function give(what: { title: string; text?: string }, path: string, copied: string) {
  const url = `${location.origin}${path}`
  if (navigator.share) return navigator.share({ ...what, url }).then(() => '', () => '')
  return navigator.clipboard.writeText(url).then(() => copied, () => url)
}
