import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSink } from '../../src/lib/file-sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'sink-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newPath = () => join(folder, crypto.randomUUID())

test('keeps what was written, for the owner only', async () => {
  const path = newPath()
  const sink = await fileSink(path)
  await sink.write(Buffer.from('one '))
  await sink.write(Buffer.from('two'))
  await sink.close()
  expect(readFileSync(path, 'utf8')).toBe('one two')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('never writes over a file', async () => {
  const path = newPath()
  await Bun.write(path, 'precious')
  await expect(fileSink(path)).rejects.toThrow('EEXIST')
  expect(readFileSync(path, 'utf8')).toBe('precious')
})

test('leaves nothing when discarded, before or after it was closed', async () => {
  for (const closeFirst of [false, true]) {
    const path = newPath()
    const sink = await fileSink(path)
    await sink.write(Buffer.from('x'))
    if (closeFirst) await sink.close()
    await sink.discard()
    expect(existsSync(path)).toBe(false)
  }
})
