import { defineConfig } from 'vite'
import { compress } from './build/compress.ts'
import { identity } from './build/identity.ts'
import { worker } from './build/worker.ts'
import pack from './package.json' with { type: 'json' }

export default defineConfig({
  // Vite's own JSX transform: the Preact preset would bring 70 packages for hot reloading only.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { __VERSION__: JSON.stringify(pack.version) },
  build: {
    target: ['chrome109', 'safari16.4', 'firefox115'],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The libraries apart: a changed sentence of ours does not send them again.
            { name: 'vendor', test: /node_modules.@?preact/ },
            // What every screen needs, in one file instead of eight.
            { name: 'core', test: /src.core.(?!push|fold|forget|draft|storage|text.(vi|en|km))|src.modules.\w+.(account.)?text.index|preload-helper/ },
          ],
        },
      },
    },
  },
  plugins: [identity(), worker(), compress()],
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/health': 'http://127.0.0.1:8000' } },
})
