import { afterAll, expect, test } from 'bun:test'
import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cron } from 'croner'
import sql from 'sql-template-tag'
import { checkTallies, foldTallies, type Recurring, recurring, startScheduler } from '../src/scheduler.ts'
import { startAppliance, stopAppliances } from './support/appliance.ts'
import { sampleCall } from './support/sample-call.ts'

afterAll(stopAppliances)

const named = (name: string) => recurring.find((one) => one.name === name)!

test('work comes back on time, never twice at once, and a failure is logged and no more', async () => {
  const { app } = await startAppliance()
  const errors: unknown[] = []
  const counts = { quick: 0, failing: 0, atOnce: 0, most: 0 }
  const table: Recurring[] = [
    { name: 'quick', cron: '* * * * * *', run: async () => counts.quick++ },
    {
      name: 'failing',
      cron: '* * * * * *',
      run: async () => {
        counts.failing++
        throw new Error('of no avail')
      },
    },
    {
      name: 'slow',
      cron: '* * * * * *',
      run: async () => {
        counts.most = Math.max(counts.most, ++counts.atOnce)
        await Bun.sleep(1300)
        counts.atOnce--
      },
    },
  ]
  const log = { ...app.log, error: (...args: unknown[]) => errors.push(args) } as unknown as typeof app.log
  const scheduler = startScheduler({ ...app, log }, table)
  await Bun.sleep(2200)
  await scheduler.stop(3000)
  expect(counts.quick).toBeGreaterThanOrEqual(2)
  expect(counts.failing).toBeGreaterThanOrEqual(2)
  expect(errors.length).toBe(counts.failing)
  expect({ most: counts.most, left: counts.atOnce }).toEqual({ most: 1, left: 0 })
  const { quick } = counts
  await Bun.sleep(1100)
  expect(counts.quick).toBe(quick)
}, 15_000)

test('the table has no mistake in it', () => {
  for (const { cron } of recurring) expect(new Cron(cron, { paused: true }).nextRun()).toBeInstanceOf(Date)
  expect(new Set(recurring.map(({ name }) => name)).size).toBe(recurring.length)
})

test('changes end up in the tallies, and what is wrong in them is put right', async () => {
  const { app, api } = await startAppliance()
  const ids = await Promise.all(
    [1, 2, 3].map(() => api.submit(sampleCall({ algorithm_ids: ['summary_v1'] }))),
  )
  await Promise.all(ids.map((id) => api.settled(id)))
  const changes = async () =>
    (await app.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM tally_changes`))!.n
  const jobs = async () => (await api.get<{ total_jobs: number }>('/stats')).total_jobs
  expect(await jobs()).toBe(3)
  await foldTallies(app)
  expect([await changes(), await jobs()]).toEqual([0, 3])
  await app.db.tx((tx) => tx.run(sql`UPDATE tallies SET jobs = 7`))
  expect(await jobs()).toBe(7)
  for (let round = 0; round < 2; round++) await checkTallies(app)
  expect(await jobs()).toBe(3)
})

test('idempotency keys are kept for seven days', async () => {
  let now = Date.now()
  const { app, api } = await startAppliance({ clock: () => now })
  const body = { workspace_id: 'default', ...sampleCall({ source_call_id: undefined }) }
  const submit = () => api.send('POST', '/calls/transcript', body, { 'idempotency-key': 'one' })
  const { body: first } = await submit()
  const forget = () => named('forget old idempotency keys').run(app)
  const keys = async () =>
    (await app.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM idempotency_keys`))!.n
  now += 6 * 86_400_000
  await forget()
  expect([await keys(), (await submit()).body.job_id]).toEqual([1, first.job_id])
  now += 2 * 86_400_000
  await forget()
  expect(await keys()).toBe(0)
})

test('left-over files are removed once they are old', async () => {
  const { app } = await startAppliance()
  const file = join(app.folders.recordings, 'of-nobody')
  writeFileSync(file, 'x')
  await named('remove left-over files').run(app)
  expect(existsSync(file)).toBe(true)
  utimesSync(file, 0, 0)
  await named('remove left-over files').run(app)
  expect(existsSync(file)).toBe(false)
})
