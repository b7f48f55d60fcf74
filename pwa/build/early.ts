import type { Plugin } from 'vite'

/** Names the file of `src/early.ts` first in the page, and asynchronous: it runs while the rest is on its way. */
export function early(): Plugin {
  return {
    name: 'early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const file = Object.values(bundle ?? {}).find(part => part.type === 'chunk' && part.name === 'early')!.fileName
        const tag = `<script type="module" crossorigin src="/${file}"></script>`
        if (!html.includes(tag)) throw new Error(`${file} is not in the page`)
        return html.replace(`${tag}\n    `, '').replace('<script', `${tag.replace('module"', 'module" async')}\n    <script`)
      },
    },
  }
}
