/** Gives somebody a file to keep. What the server sent as one is a Blob, whatever its document calls it. */
export function save(file: unknown, name: string) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file as Blob), download: name })
  link.click()
  // A slow phone has not begun to read it yet.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
