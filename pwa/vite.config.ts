import { defineConfig, type UserConfig } from 'vite'
import { compress } from './build/compress.ts'
import { early } from './build/early.ts'
import { identity, names } from './build/identity.ts'
import { staff } from './build/staff.ts'
import { worker } from './build/worker.ts'
import pack from './package.json' with { type: 'json' }

/** For the residents' app and the console of staff alike. */
const shared = {
  // Vite's own JSX transform: the Preact preset would bring 70 packages for hot reloading only.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { __VERSION__: JSON.stringify(pack.version) },
} satisfies UserConfig

export default defineConfig({
  ...shared,
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
            // What runs before them: it must not wait for the libraries.
            { name: 'early', test: /src.early|src.core.(memory|language|address|ahead)\.|src.modules.\w+.(asked|(warnings.)?text.load)\.|preload-helper/ },
            // The frame and the first screen, in one file instead of nine: each file costs a round trip or shares the line.
            { name: 'app', test: /src.app|src.core.(?!aloud|plain|push|fold|forget|deed|draft|moment|sparing|storage|base\.ts|later|ui.Sheet|text.(en|km))|src.modules.home.(?!text.(en|km))|src.modules.\w+.(index|(?!tiles)(\w+.)?text.index|trail|say|tiles.later)\./ },
            // What is read together is one file; what others need too of that below stays out of it.
            { name: file => /src.core.(base|deed|moment)\./.exec(file)?.[1] ?? null },
            { name: 'outbox', test: /src.modules.feedback.(kept|outbox|(write.shots|report.acts).text.index)\./ },
            { name: 'shown', test: /src.modules.feedback.(Shots|Timeline|deed|tone)\./ },
          ],
        },
      },
    },
  },
  plugins: [identity(), names(), early(), worker(), staff(shared), compress()],
  // `make dev PORT=8001` tells where the server listens.
  server: { proxy: Object.fromEntries(['/api', '/feeds', '/open311', '/health'].map(path => [path, `http://127.0.0.1:${process.env['PORT'] ?? 8000}`])) },
})
