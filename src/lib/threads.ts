const COMPILED = /\$bunfs|~BUN/.test(import.meta.path)

/** Files that run as threads of their own, below `src`; the build adds each of them as a further entry. */
export const threadFiles = ['db/checkpointer.ts', 'db/copier.ts', 'audio/splitter.ts'] as const

/** In the executable a thread's file lies under the path it has in the repository. */
export function startThread(file: (typeof threadFiles)[number]): Worker {
  return new Worker(COMPILED ? `./src/${file}` : new URL(`../${file}`, import.meta.url).href)
}
