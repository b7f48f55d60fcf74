import { defineConfig } from 'vite'
import { compress } from './build/compress'
import { identity } from './build/identity'
import { worker } from './build/worker'

export default defineConfig({
  // Vite's own JSX transform: the Preact preset would bring 70 packages for hot reloading only.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome109', 'safari16.4', 'firefox115'],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The libraries apart: a changed sentence of ours does not send them again.
      output: { codeSplitting: { groups: [{ name: 'vendor', test: /node_modules.(@?preact|idb)/ }] } },
    },
  },
  plugins: [identity(), worker(), compress()],
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/health': 'http://127.0.0.1:8000' } },
})
