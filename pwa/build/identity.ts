import type { Plugin } from 'vite'
import { province } from '../src/core/province.ts'
import vi from '../src/modules/home/text/vi.ts'

/** Who we are, from `core/province.ts`: the name in the page, the web app manifest, the first language told to the browser early. */
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
      { name: vi.shortcutSearch, url: '/search' },
      { name: vi.shortcutPlaces, url: '/places' },
      { name: vi.shortcutSaved, url: '/saved' },
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
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const known = { APP: province.app, TAGLINE: province.tagline, DESCRIPTION: province.description, PAPER: province.colour.paper, NIGHT: province.colour.night }
        const page = html.replace(/%(\w+)%/g, (all, name: string) => known[name as keyof typeof known] ?? all)
        // Most visitors read Vietnamese: its words travel beside the program, not after it.
        const words = Object.values(bundle ?? {}).filter(part => part.type === 'chunk' && /[/](core|home)[/]text[/]vi\.ts$/.test(part.facadeModuleId ?? ''))
        return { html: page, tags: words.map(part => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${part.fileName}` }, injectTo: 'head' })) }
      },
    },
  }
}
