import { expect, test } from 'bun:test'
import { within } from '../../src/lib/patience.ts'

test('it waits for the work', async () => {
  let done = false
  await within(
    5000,
    Bun.sleep(20).then(() => {
      done = true
    }),
  )
  expect(done).toBeTrue()
})

test('it waits no longer than it may', async () => {
  const began = performance.now()
  await within(30, new Promise(() => undefined))
  expect(performance.now() - began).toBeWithin(25, 2000)
})

test('what goes wrong is told', async () => {
  expect(within(5000, Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})

test('no timer is left that would keep the process', async () => {
  const path = new URL('../../src/lib/patience.ts', import.meta.url).pathname
  const script = `import { within } from ${JSON.stringify(path)}; await within(60_000, Promise.resolve())`
  const child = Bun.spawn([process.execPath, '-e', script], { timeout: 5000 })
  expect(await child.exited).toBe(0)
})
