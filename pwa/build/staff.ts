import { build, type Plugin, type ResolvedConfig, type UserConfig } from 'vite'
import { names } from './identity.ts'

/**
 * The console of staff: an app of its own below `/staff`, built after the residents'. Built together, the two would share
 * files, and each would load what only the other needs; so a change of one is no new version of the other either.
 */
export function staff(shared: UserConfig): Plugin {
  let config: ResolvedConfig
  return {
    name: 'staff',
    configResolved(resolved) {
      config = resolved
    },
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        if (/^\/staff(\/[^.]*)?(\?|$)/.test(request.url!)) request.url = '/staff.html'
        next()
      })
    },
    closeBundle: {
      sequential: true,
      async handler() {
        if (config.command !== 'build') return
        await build({
          ...shared,
          configFile: false,
          logLevel: 'warn',
          plugins: [names()],
          build: {
            outDir: config.build.outDir,
            assetsDir: 'staff/assets',
            emptyOutDir: false,
            copyPublicDir: false,
            assetsInlineLimit: 0,
            target: config.build.target,
            manifest: '.vite/staff.json',
            modulePreload: { polyfill: false },
            rolldownOptions: {
              input: 'staff.html',
              output: {
                codeSplitting: {
                  groups: [
                    { name: 'vendor', test: /node_modules.@?preact/ },
                    // The frame, and what every screen is made of.
                    { name: 'console', test: /src.core.(?!push|plain|later|text.(vi|en|km))|src.staff.[\w-]+\.|preload-helper/ },
                  ],
                },
              },
            },
          },
        })
      },
    },
  }
}
