import { afterAll, expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { run } from '../support/executable.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeScratch } from '../support/scratch.ts'

const scratch = makeScratch()
afterAll(stopAppliances)

test('statistics are rebuilt beside a running appliance', async () => {
  const { app, api, data } = await startAppliance()
  const id = await api.submit(sampleCall({ algorithm_ids: ['summary_v1'] }))
  await api.settled(id)
  const jobs = async () => (await api.get<{ total_jobs: number }>('/stats')).total_jobs
  await app.db.tx(async (tx) => {
    await tx.run(sql`DELETE FROM tally_changes`)
    await tx.run(sql`DELETE FROM tallies`)
  })
  expect(await jobs()).toBe(0)
  const first = await run(['stats', 'rebuild', '--json', '--data', data])
  expect({ ...first, stdout: JSON.parse(first.stdout) }).toMatchObject({
    code: 0,
    stderr: '',
    stdout: { repaired: 1 },
  })
  expect(await jobs()).toBe(1)
  const again = await run(['stats', 'rebuild', '--data', data])
  expect(again.code).toBe(0)
  expect(again.stdout).toMatch(/^Checked \d+ quarters of an hour, all of them right\n$/)
  expect(again.stderr).toContain('statistics 100 %')
}, 15_000)

test.each([[['stats']], [['stats', 'frobnicate']]])('%p is wrong use', async (args) => {
  const { code, stdout, stderr } = await run([...args, '--data', scratch.directory])
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: 'earshot: earshot stats rebuild\n',
  })
})

test('where nothing is, one line says so', async () => {
  const { code, stderr } = await run(['stats', 'rebuild', '--data', scratch.directory])
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^earshot: There is no database/),
  })
})
