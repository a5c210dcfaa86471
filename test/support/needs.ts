/**
 * Tests that need something this machine may not have: `needs('ffmpeg')('reads an m4a', async () => { … })`
 * or, for several, `needs('root', 'strace')(…)`. `root` is the user, all other names are programs on the PATH.
 * Where one is missing the test is skipped, and the summary of `bun run check` lists it by name.
 * `has('ffmpeg')` only asks.
 */
import { test } from 'bun:test'
import { appendFileSync } from 'node:fs'

type Body = (() => void) | (() => Promise<unknown>)

export function needs(...names: string[]) {
  const missing = names.filter((name) => !has(name))
  return (title: string, body: Body, timeoutMs?: number) => {
    if (missing.length === 0) return test(title, body, timeoutMs)
    note(`${title} (needs ${missing.join(' and ')})`)
    test.skip(title, body)
  }
}

export const has = (name: string) => (name === 'root' ? process.getuid?.() === 0 : Bun.which(name) !== null)

/** `bun run check` collects the names of the skipped tests in this file. */
export const SKIPPED_TESTS_FILE = 'SKIPPED_TESTS_FILE'

function note(line: string) {
  const file = process.env[SKIPPED_TESTS_FILE]
  if (file) appendFileSync(file, line + '\n')
}
