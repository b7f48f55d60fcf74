// Reads texts and pictures of ours, writes its own: one JSON object in, one out.
import { scanGrayBuffer } from '@undecaf/zbar-wasm'
import { readFileSync } from 'node:fs'
import { decode, generateVietQR, parse, validate } from 'vietqr-ts'

const { texts, pictures, grey, wishes } = JSON.parse(readFileSync(0, 'utf8'))
const read = text => {
  const { success, data } = parse(text)
  return success && validate(data, text).isValid ? data : null
}
const zbar = async ({ pixels, width, height }) => {
  const symbols = await scanGrayBuffer(new Uint8Array(Buffer.from(pixels, 'base64')).buffer, width, height)
  return symbols.map(symbol => symbol.decode())
}
console.log(
  JSON.stringify({
    read: texts.map(read),
    seen: pictures.map(picture => decode(Buffer.from(picture, 'base64'))),
    zbar: await Promise.all(grey.map(zbar)),
    written: wishes.map(wish => generateVietQR(wish).rawData),
  }),
)
