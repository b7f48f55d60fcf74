/**
 * Draws the PNG icons from `public/icon.svg`: `npm run icons`. Needs a Chromium (CHROMIUM=/path when it is elsewhere).
 * Chromium packs them loosely: Pillow (`Image.open(path).save(path, optimize=True)`) makes them a third smaller, pixel for pixel the same.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const svg = readFileSync('public/icon.svg', 'utf8')
const ground = svg.match(/<rect[^>]*\/>/)[0]
const mark = svg.replace(/<\/?svg[^>]*>/g, '').replace(ground, '')
const wrap = inside => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${inside}</svg>`
/** Cut by the phone to any shape: the ground to the edges, the mark inside the safe circle. */
const bleeding = wrap(`${ground.replace(/ rx="\d+"/, '')}<g transform="translate(32 32) scale(.74) translate(-32 -31)">${mark}</g>`)
/** In the status bar only the outline counts: white on nothing, without the sun. */
const badge = wrap(mark.replace(/<circle[^>]*\/>/, '').replace(/stroke="#\w+"/g, 'stroke="#fff"').replace('stroke-width="3.2"', 'stroke-width="4.5"'))

const pictures = [
  ['icon-192.png', svg, 192],
  ['icon-512.png', svg, 512],
  ['icon-maskable.png', bleeding, 512],
  ['apple-touch-icon.png', bleeding, 180],
  ['badge.png', badge, 96],
]
const page = `<body><script>
const draw = (svg, size) => new Promise(done => {
  const image = new Image()
  image.onload = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
    canvas.getContext('2d').drawImage(image, 0, 0, size, size)
    done(canvas.toDataURL('image/png'))
  }
  image.src = 'data:image/svg+xml,' + encodeURIComponent(svg.replace('<svg ', '<svg width="' + size + '" height="' + size + '" '))
})
Promise.all(${JSON.stringify(pictures)}.map(([name, svg, size]) => draw(svg, size).then(data => name + ' ' + data))).then(all => { document.body.textContent = all.join('\\n') })
</script>`

const folder = mkdtempSync(join(tmpdir(), 'icons-'))
writeFileSync(join(folder, 'icons.html'), page)
const flags = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --virtual-time-budget=3000 --dump-dom'
const dom = execFileSync(process.env.CHROMIUM ?? 'chromium', [...flags.split(' '), `--user-data-dir=${folder}/profile`, `file://${folder}/icons.html`], { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] })
for (const [, name, data] of dom.matchAll(/([\w-]+\.png) data:image\/png;base64,([\w+/=]+)/g)) {
  writeFileSync(join('public', name), Buffer.from(data, 'base64'))
  console.log(name)
}
rmSync(folder, { recursive: true })
