import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordingsPath, temporaryPath } from '../../src/ops/data-folder.ts'
import { removeLeftovers } from '../../src/ops/leftovers.ts'
import { install } from './installation.ts'

test('only what is old and named by nobody goes', async () => {
  const { settings, db, addCall } = await install()
  const [recordings, temporary] = [recordingsPath(settings), temporaryPath(settings)]
  mkdirSync(temporary)
  const { file } = await addCall(new Uint8Array(10))
  const long = new Date(Date.now() - 2 * 3_600_000)
  writeFileSync(join(recordings, 'young.wav'), '')
  for (const path of [join(recordings, 'old.wav'), join(temporary, 'old')]) writeFileSync(path, '')
  mkdirSync(join(temporary, 'old-folder'))
  writeFileSync(join(temporary, 'old-folder', 'within'), '')
  writeFileSync(join(temporary, 'young'), '')
  for (const path of [
    join(recordings, file),
    join(recordings, 'old.wav'),
    join(temporary, 'old'),
    join(temporary, 'old-folder'),
  ])
    utimesSync(path, long, long)

  expect(await removeLeftovers(db, { recordings, temporary })).toBe(3)
  expect(readdirSync(recordings).sort()).toEqual([file, 'young.wav'].sort())
  expect(readdirSync(temporary)).toEqual(['young'])
  expect(await removeLeftovers(db, { recordings, temporary })).toBe(0)
  db.close()
})
