import { expect, test } from 'bun:test'
import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findInstance, takeLock } from '../../src/ops/lock.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'earshot-lock-'))

test('a second instance is refused with the process that has the folder', () => {
  const data = folder()
  const release = takeLock(data)
  expect(() => takeLock(data)).toThrow(
    `Another Earshot (process ${process.pid}) is already running on ${data}`,
  )
  expect(findInstance(data)).toEqual({ pid: process.pid })
  release()
  expect(findInstance(data)).toBeUndefined()
  takeLock(data)()
})

test('a killed process leaves no lock behind', async () => {
  const data = folder()
  const child = await startHolder(data)
  expect(() => takeLock(data)).toThrow(`(process ${child.pid})`)
  child.kill('SIGKILL')
  await child.exited
  takeLock(data)()
})

test('looking for a holder does not disturb it', async () => {
  const data = folder()
  const child = await startHolder(data)
  for (let look = 0; look < 20; look++) expect(findInstance(data)).toEqual({ pid: child.pid })
  child.kill('SIGKILL')
  await child.exited
})

test('the lock file is private', () => {
  const data = folder()
  const release = takeLock(data)
  expect(statSync(join(data, 'earshot.lock')).mode & 0o777).toBe(0o600)
  release()
})

async function startHolder(data: string) {
  const script = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dir, '../../src/ops/lock.ts'))})
    takeLock(${JSON.stringify(data)})
    Bun.gc(true)
    setTimeout(() => Bun.gc(true), 10)
    setTimeout(() => console.log('taken'), 50)
    setTimeout(() => process.exit(), 20_000)`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('taken\n')
  return child
}
