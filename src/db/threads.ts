const COMPILED = /\$bunfs|~BUN/.test(import.meta.path)

/** The build adds each of these as an entry of its own. */
export const threadFiles = ['checkpointer.ts', 'copier.ts'] as const

/** In the executable a thread's file lies under the path it has in the repository. */
export function startThread(file: (typeof threadFiles)[number]): Worker {
  return new Worker(COMPILED ? `./src/db/${file}` : new URL(file, import.meta.url).href)
}
