/** Photos as phones can send them: upright, small, and without the place and the device that a camera writes into them. */
type Small = { picture: Blob; hash: string }

/** `sparing`: smaller still. Undefined when this browser cannot read it, as HEIC outside of Safari. */
export async function shrink(file: Blob, sparing: boolean): Promise<Small | undefined> {
  const [side, quality] = sparing ? [1024, 0.6] : [1600, 0.78]
  const whole = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined)
  if (!whole) return undefined
  const scale = Math.min(1, side / Math.max(whole.width, whole.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(whole.width * scale))
  canvas.height = Math.max(1, Math.round(whole.height * scale))
  canvas.getContext('2d')!.drawImage(whole, 0, 0, canvas.width, canvas.height)
  whole.close()
  const picture = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/jpeg', quality))
  if (!picture) return undefined
  return { picture, hash: await hashed(picture) }
}

const sum = async (of: Blob) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', await of.arrayBuffer()))]
/** SHA-256, in hexadecimal. */
export const hashed = async (of: Blob) => (await sum(of)).map(byte => byte.toString(16).padStart(2, '0')).join('')

/** The same as RFC 9530 writes it. */
export const digestOf = (hash: string) => `sha-256=:${btoa(hash.replace(/../g, byte => String.fromCharCode(parseInt(byte, 16))))}:`
