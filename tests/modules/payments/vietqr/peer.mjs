// Reads texts and pictures of ours, writes its own: one JSON object in, one out.
import { readFileSync } from 'node:fs'
import { decode, generateVietQR, parse, validate } from 'vietqr-ts'

const { texts, pictures, wishes } = JSON.parse(readFileSync(0, 'utf8'))
const read = text => {
  const { success, data } = parse(text)
  return success && validate(data, text).isValid ? data : null
}
console.log(
  JSON.stringify({
    read: texts.map(read),
    seen: pictures.map(picture => decode(Buffer.from(picture, 'base64'))),
    written: wishes.map(wish => generateVietQR(wish).rawData),
  }),
)
