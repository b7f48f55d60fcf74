import type { Plugin } from 'vite'
import { province } from '../src/core/province.ts'
import vi from '../src/modules/home/text/vi.ts'

/** The web app manifest, from `core/province.ts`. */
export function identity(): Plugin {
  const manifest = JSON.stringify({
    id: '/',
    name: `${province.app} – ${province.tagline}`,
    short_name: province.app,
    description: province.description,
    lang: 'vi',
    start_url: '/?from=icon',
    scope: '/',
    display: 'standalone',
    background_color: province.colour.paper,
    theme_color: province.colour.deep,
    categories: ['government', 'utilities'],
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
    shortcuts: [
      { name: vi.searchLabel, url: '/search' },
      { name: vi.whereTitle, url: '/places' },
      { name: vi.saved, url: '/saved' },
    ],
  })
  return {
    name: 'identity',
    configureServer(server) {
      server.middlewares.use('/manifest.webmanifest', (_, reply) => reply.setHeader('Content-Type', 'application/manifest+json').end(manifest))
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source: manifest })
    },
  }
}

/** Our name and colours, where a page says %APP% and so on. */
export function names(): Plugin {
  return {
    name: 'names',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const known = { APP: province.app, TAGLINE: province.tagline, DESCRIPTION: province.description, PAPER: province.colour.paper, NIGHT: province.colour.night }
        return html.replace(/%(\w+)%/g, (all, name: string) => known[name as keyof typeof known] ?? all)
      },
    },
  }
}
