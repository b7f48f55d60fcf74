import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

/** Compresses every text file once, as hard as it goes, so that the server never has to. */
export function compress(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'compress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        const folder = resolve(config.root, config.build.outDir)
        for (const file of readdirSync(folder, { recursive: true }) as string[]) {
          if (!/\.(html|js|css|svg|json|webmanifest|txt)$/.test(file)) continue
          const text = readFileSync(join(folder, file))
          writeFileSync(join(folder, `${file}.br`), brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }))
          writeFileSync(join(folder, `${file}.gz`), gzipSync(text, { level: 9 }))
        }
      },
    },
  }
}
