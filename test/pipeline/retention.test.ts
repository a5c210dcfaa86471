import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import sql from 'sql-template-tag'
import { retain } from '../../src/pipeline/retain.ts'
import { startAppliance, stopAppliances, type TestAppliance } from '../support/appliance.ts'
import { startReceiver } from '../support/receiver.ts'
import { makeWav, tone } from '../support/wav.ts'

const DAY = 86_400_000

let now = Date.parse('2026-03-01T12:00:00Z')
let appliance: TestAppliance
const receiver = startReceiver()

beforeAll(async () => {
  appliance = await startAppliance({ clock: () => now })
  await appliance.api.configure({
    webhooks: { endpoints: [{ url: receiver.url }] },
    processing: { filters: { min_duration_seconds: 0 }, algorithms: ['key_phrases_v1'] },
  })
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const keep = (retention: object | null) => appliance.api.configure({ retention })
const status = async (path: string) => (await appliance.api.send('GET', path)).status
const count = async (table: string) =>
  (await appliance.app.db.get<{ n: number }>({
    sql: `SELECT count(*) AS n FROM ${table}`,
    values: [],
  } as never))!.n

async function process(): Promise<number> {
  const id = await appliance.api.submit({
    transcript: 'Agent: Good morning\nCustomer: The boiler is broken again',
  })
  await appliance.api.settled(id)
  return id
}

async function upload(): Promise<number> {
  const id = await appliance.api.submitFile(new Uint8Array(makeWav([tone(440, 8000, 2)])))
  await appliance.api.settled(id)
  return id
}

test('each kind goes in its own time, and not before', async () => {
  await keep({ audio_days: 1, transcript_days: 2, result_days: 3, log_days: 4 })
  const audio = await upload()
  const id = await process()
  const files = () => readdirSync(appliance.app.folders.recordings).length
  const state = async () => ({
    files: files(),
    transcript: await status(`/jobs/${id}/transcript`),
    result: (await appliance.api.runs(id))[0]!.result !== null,
    bodies: await count('run_payloads'),
    logs: (await appliance.api.logs(id)).length > 0,
  })
  const all = { files: 1, transcript: 200, result: true, bodies: 2, logs: true }
  await retain(appliance.app)
  expect(await state()).toEqual(all)
  now += DAY
  await retain(appliance.app)
  expect(await state()).toEqual(all)
  now += 1000
  const later = [
    { ...all, files: 0 },
    { ...all, files: 0, transcript: 404, bodies: 0 },
    { ...all, files: 0, transcript: 404, bodies: 0, result: false },
    { ...all, files: 0, transcript: 404, bodies: 0, result: false, logs: false },
  ]
  for (const expected of later) {
    await retain(appliance.app)
    expect(await state()).toEqual(expected)
    now += DAY
  }
  expect(await status(`/jobs/${audio}/recording`)).toBe(404)
  expect((await appliance.api.job(id)).status).toBe('completed')
})

test('what is gone cannot be asked for again, and says so', async () => {
  await keep({ transcript_days: 0, audio_days: 0 })
  const id = await process()
  const audio = await upload()
  const [run] = await appliance.api.runs(id)
  now += 1000
  await retain(appliance.app)
  const refused = async (path: string, body: object = {}) => {
    const answer = await appliance.api.send<{ detail: string }>('POST', path, body)
    return [answer.status, answer.body.detail]
  }
  expect(await refused(`/jobs/${id}/retry`, { mode: 'rerun' })).toEqual([
    409,
    'The job is completed and has no transcript and cannot be rerun',
  ])
  expect(await refused(`/jobs/${id}/retry`, { mode: 'redeliver' })).toEqual([
    409,
    expect.stringContaining('no longer kept'),
  ])
  expect((await refused(`/algorithm-runs/${run!.algorithm_run_id}/redeliver-webhook`))[0]).toBe(409)
  expect(await refused(`/jobs/${id}/run-algorithms`, { algorithm_ids: ['summary_v1'] })).toEqual([
    400,
    'Job has no usable transcript',
  ])
  expect(await refused(`/jobs/${audio}/retry`, { mode: 'requeue' })).toEqual([
    409,
    'The transcript and the recording of the job are no longer kept',
  ])
})

test('without a word everything stays', async () => {
  await keep(null)
  const id = await process()
  now += 5000 * DAY
  await retain(appliance.app)
  expect(await status(`/jobs/${id}/transcript`)).toBe(200)
  expect((await appliance.api.runs(id))[0]!.result).not.toBeNull()
})

test('deliveries to come are waited for', async () => {
  await keep({ result_days: 0 })
  receiver.replyWith(() => new Response(null, { status: 503, headers: { 'retry-after': '3600' } }))
  const id = await appliance.api.submit({ transcript: 'Agent: Good morning' })
  await appliance.api.jobWhen(id, async ({ status }) => status === 'completed')
  now += 1000
  await retain(appliance.app)
  expect((await appliance.api.runs(id))[0]!.result).not.toBeNull()
  const later = await appliance.api.submit({ transcript: 'Agent: Hello', analytics_only: true })
  await appliance.api.settled(later)
  now += 1000
  await retain(appliance.app)
  expect((await appliance.api.runs(later))[0]!.result).toBeNull()
  receiver.replyWith(() => new Response(null, { status: 204 }))
  await appliance.api.post(`/jobs/${id}/retry`, { mode: 'redeliver' })
  await appliance.api.settled(id)
  await retain(appliance.app)
  expect((await appliance.api.runs(id))[0]!.result).toBeNull()
})

test('what a later round brings is due too', async () => {
  await keep({ result_days: 0 })
  const id = await process()
  now += 1000
  await retain(appliance.app)
  await appliance.api.post(`/jobs/${id}/retry`, { mode: 'rerun' })
  await appliance.api.settled(id)
  expect((await appliance.api.runs(id))[0]!.result).not.toBeNull()
  await retain(appliance.app)
  expect((await appliance.api.runs(id))[0]!.result).toBeNull()
})

test('many calls go in small steps, and only those of the workspace', async () => {
  await keep({ transcript_days: 1 })
  const { app, api } = appliance
  await app.db.tx(async (tx) => {
    await tx.run(sql`
      INSERT INTO workspaces (uuid, slug, name, organization_id, partner_id, created_at)
      VALUES ('019c2f60-1111-7000-8000-0123456789ab', 'other', 'Other', 1, 1, 0)`)
  })
  const other = await api.submit({ workspace_id: 'other', transcript: 'Agent: Good morning' })
  await api.ended(other)
  const ids = await Promise.all(Array.from({ length: 45 }, () => api.submit({ transcript: 'Agent: Hello' })))
  for (const id of ids) await api.settled(id)
  now += 2 * DAY
  await retain(app)
  const kept = await app.db.all<{ workspace_id: number }>(sql`
    SELECT c.workspace_id FROM transcripts t JOIN calls c ON c.id = t.call_id`)
  expect(kept.map(({ workspace_id }) => workspace_id)).toEqual([2])
})
