import { afterAll } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addFixture } from './plugin-pools.ts'

/** A data folder with these outside plugins in it, gone after the tests of the calling file. */
export function makeDataFolder(fixtures: string[] = [], path?: string): string {
  const data = path ?? mkdtempSync(join(tmpdir(), 'earshot-test-data-'))
  afterAll(() => rmSync(data, { recursive: true, force: true }))
  putPlugins(data, fixtures)
  return data
}

export function putPlugins(data: string, fixtures: string[]) {
  const folder = join(data, 'plugins')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of fixtures) addFixture(folder, name)
}
