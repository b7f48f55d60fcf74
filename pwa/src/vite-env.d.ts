/// <reference types="vite/client" />

/** From `package.json`, filled in by the build. */
declare const __VERSION__: string
