import { expect, test } from 'bun:test'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { createSealer, loadKey } from '../../src/lib/sealed.ts'
import { databasePath, keyPath } from '../../src/ops/data-folder.ts'
import { doctor } from '../../src/ops/doctor.ts'
import { takeLock } from '../../src/ops/lock.ts'
import { allowsLoading } from '../../src/ops/temp-folder.ts'
import type { Settings } from '../../src/settings.ts'
import { needs } from '../support/needs.ts'
import { emptyFolder, install, settingsFor } from './installation.ts'

const hostCommand = [process.execPath, join(import.meta.dir, '../support/plugin-host-entry.ts')]

async function examine(settings: Settings) {
  const checks = await doctor(settings, { hostCommand })
  return Object.fromEntries(checks.map(({ name, ...finding }) => [name, finding]))
}

async function broken() {
  const installation = await install()
  chmodSync(installation.data, 0o700)
  return installation
}

test('a healthy installation has no failure, and looking at it changes nothing', async () => {
  const { data, settings, db, addCall } = await broken()
  await addCall()
  await Bun.sleep(400) // until the log has been moved into the file, which the instance does by itself
  const listed = () => readdirSync(data).map((name) => [name, statSync(join(data, name)).mtimeMs])
  const before = listed()
  const found = await examine(settings)
  expect(listed()).toEqual(before)
  expect(Object.values(found).filter(({ status }) => status === 'fail')).toEqual([])
  expect(found['database integrity']).toMatchObject({ status: 'ok' })
  expect(found.plugins!.message).toMatch(/^\d+ load$/)
  expect(found.instance!.message).toBe('Not running')
  db.close()
})

test('it works beside a running instance and names it', async () => {
  const { data, settings, db } = await broken()
  const release = takeLock(data)
  expect((await examine(settings)).instance!.message).toBe(`Running as process ${process.pid}`)
  release()
  db.close()
})

test('before the first start there is nothing to mend', async () => {
  const settings = settingsFor(join(emptyFolder(), 'not', 'yet'))
  const found = await examine(settings)
  expect(found['data folder']).toMatchObject({ status: 'warn' })
  expect(Object.values(found).filter(({ status }) => status === 'fail')).toEqual([])
})

test('a damaged database is found', async () => {
  const { settings, db, addCall } = await broken()
  for (let at = 0; at < 300; at++) await addCall()
  db.close()
  const failing = async () =>
    Object.entries(await examine(settings))
      .filter(([, { status }]) => status === 'fail')
      .map(([name]) => name.split(' ')[0])
  const bytes = readFileSync(databasePath(settings))
  bytes.fill(0xff, bytes.length - 3 * 4096, bytes.length - 4096)
  writeFileSync(databasePath(settings), bytes)
  expect(await failing()).toContain('database')
  writeFileSync(databasePath(settings), 'no database')
  expect(await failing()).toContain('database')
})

test('a newer schema is found', async () => {
  const { settings, db } = await broken()
  db.connection.exec("INSERT INTO migrations (version, name) VALUES (99, 'later')")
  expect((await examine(settings))['database schema']).toMatchObject({ status: 'fail' })
  db.close()
})

test('a lost, a foreign and an open key are told apart', async () => {
  const { settings, db, sealer } = await broken()
  await db.tx((tx) =>
    tx.run(sql`INSERT INTO webhook_credentials (uuid, entity_type, entity_id, auth_type, sealed, created_at, updated_at)
      VALUES ('c', 'workspace', 1, 'bearer', ${sealer.seal('x', 'y')}, 1, 1)`),
  )
  expect((await examine(settings))['stored secrets']).toMatchObject({ status: 'ok' })
  chmodSync(keyPath(settings), 0o644)
  expect((await examine(settings)).key).toMatchObject({ status: 'warn' })
  rmSync(keyPath(settings))
  expect((await examine(settings)).key).toMatchObject({ status: 'fail' })
  createSealer(loadKey({ file: keyPath(settings) }))
  expect((await examine(settings))['stored secrets']).toMatchObject({
    status: 'fail',
    message: '1 of 1 were sealed with another key and cannot be read',
  })
  db.close()
})

test('a plugin that does not load is named, and stops nobody', async () => {
  const { data, settings, db } = await broken()
  mkdirSync(join(data, 'plugins'))
  writeFileSync(join(data, 'plugins', 'broken_v1.ts'), 'export default 1 +')
  const { plugins } = await examine(settings)
  expect(plugins).toMatchObject({ status: 'warn' })
  expect(plugins!.message).toContain('broken_v1.ts')
  db.close()
})

test('transcribers are asked whether they are there', async () => {
  const server = Bun.serve({ port: 0, fetch: () => new Response('{}', { status: 401 }) })
  const url = `http://127.0.0.1:${server.port}/v1`
  const data = emptyFolder()
  const check = async (more: Record<string, string>) => examine(settingsFor(data, more))
  expect((await check({ openai_url: url }))['transcriber openai']).toMatchObject({ status: 'ok' })
  await server.stop(true)
  expect((await check({ openai_url: url }))['transcriber openai']).toMatchObject({ status: 'fail' })
  const command = async (program: string) =>
    (await check({ command_program: program }))['transcriber command']!.status
  expect(await command('sh')).toBe('ok')
  expect(await command('no-such-recogniser')).toBe('fail')
})

test('an endpoint whose host has no address is a warning', async () => {
  const { settings, db } = await broken()
  const add = (url: string) =>
    db.tx((tx) =>
      tx.run(sql`INSERT INTO webhook_endpoints (uuid, entity_type, entity_id, url, created_at)
        VALUES (${url}, 'workspace', 1, ${url}, 1)`),
    )
  await add('http://127.0.0.1:9/hook')
  expect((await examine(settings))['webhook endpoints']).toEqual({ status: 'ok', message: '1 host' })
  await add('http://nowhere.invalid/hook')
  expect((await examine(settings))['webhook endpoints']).toEqual({
    status: 'warn',
    message: 'These hosts have no address: nowhere.invalid',
  })
  db.close()
})

test('a clock that went back is noticed by the newest job', async () => {
  const { settings, db, addCall } = await broken()
  await addCall()
  await db.tx((tx) => tx.run(sql`UPDATE jobs SET created_at = ${Date.now() + 86_400_000}`))
  expect((await examine(settings))['newest job']).toMatchObject({ status: 'warn' })
  db.close()
})

needs('root', 'mount')('a full disk and a temp folder without the right to run are found', async () => {
  const folder = emptyFolder()
  Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=8m,noexec', 'tmpfs', folder])
  try {
    expect((await examine(settingsFor(folder))).disk).toMatchObject({ status: 'fail' })
    expect(allowsLoading(folder)).toBe(false)
    expect(allowsLoading(emptyFolder())).toBe(true)
    expect(allowsLoading(join(folder, 'missing'))).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  } finally {
    Bun.spawnSync(['umount', folder])
  }
})
