import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type Plugin, type ResolvedConfig } from 'vite'

/**
 * Nobody opens these offline: the worker itself, pictures for the home screen, the design page, the console of staff, and
 * what reads a QR where the browser does not.
 */
const leftOut = /^sw\.js$|^robots\.txt$|^icon-|^apple-touch|^\.vite|[/](Design|decode)-|^staff[./]|\.(map|br|gz)$/

/**
 * After the app is built, writes down what it is made of, and builds the service worker that knows the list's name. It
 * is no part of the worker, which a phone starts again for every message.
 */
export function worker(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async closeBundle() {
      const folder = resolve(config.root, config.build.outDir)
      const files = (readdirSync(folder, { recursive: true }) as string[])
        .filter(file => /\.\w+$/.test(file) && !leftOut.test(file))
        .sort()
      const digest = createHash('sha256')
      for (const file of files) digest.update(file).update(readFileSync(join(folder, file)))
      const made = digest.digest('hex').slice(0, 12)
      writeFileSync(join(folder, 'assets', `parts-${made}.json`), JSON.stringify(files.map(file => '/' + file.replace(/^index\.html$/, ''))))
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: { BUILD: JSON.stringify(made) },
        build: {
          outDir: folder,
          emptyOutDir: false,
          target: config.build.target,
          modulePreload: false,
          rolldownOptions: { input: 'src/worker/index.ts', output: { format: 'iife', entryFileNames: 'sw.js', codeSplitting: false } },
        },
      })
    },
  }
}
