import { afterAll } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone after the tests of the calling file. */
export function makeScratch() {
  const directory = mkdtempSync(join(tmpdir(), 'earshot-test-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  let count = 0
  return {
    directory,
    /** Writes a file and gives its path. */
    file(content: string | Uint8Array, name = `file-${++count}`) {
      const path = join(directory, name)
      writeFileSync(path, content)
      return path
    },
  }
}
