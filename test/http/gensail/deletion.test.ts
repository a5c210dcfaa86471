import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { startAppliance, stopAppliances, type TestAppliance } from '../../support/appliance.ts'
import { startReceiver } from '../../support/receiver.ts'
import { type Caller, callerOf } from '../../support/scenarios.ts'
import { makeTenants, type Tokens } from '../../support/tenants.ts'
import { makeWav, tone } from '../../support/wav.ts'

const CANARY = 'the heron keeps seventeen violet umbrellas'
const FILLER = 'And then there was quite a lot more to say about the delivery of the new boiler. '

let appliance: TestAppliance
let call: Caller
/** Repeats what it got, as some do. */
const receiver = startReceiver(
  ({ bytes }) => new Response(bytes.includes(CANARY) ? `I heard that ${CANARY}` : 'no', { status: 400 }),
)

beforeAll(async () => {
  appliance = await startAppliance({ webhook_retries: [] })
  call = await callerOf(appliance.url, await makeTenants(appliance))
  await appliance.api.configure({
    webhooks: { endpoints: [{ url: receiver.url }] },
    processing: { filters: { min_duration_seconds: 0 } },
  })
})
afterAll(async () => {
  await stopAppliances()
  receiver.stop()
})

const remove = (id: number | string, as: keyof Tokens = 'workspace') =>
  call({ method: 'DELETE', path: `/jobs/${id}`, as })

function filesWith(text: string, folder = appliance.data): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesWith(text, path)
    return readFileSync(path).includes(text) ? [path] : []
  })
}

async function emptied() {
  const log = readdirSync(appliance.data).find((name) => name.endsWith('-wal'))!
  for (let tries = 0; tries < 200 && statSync(join(appliance.data, log)).size > 0; tries++)
    await Bun.sleep(20)
  expect(statSync(join(appliance.data, log)).size).toBe(0)
}

async function tablesWith(text: string): Promise<string[]> {
  const tables = await appliance.app.db.all<{ name: string }>(
    sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await appliance.app.db.all({ sql: `SELECT * FROM "${name}"`, values: [] } as never)
    if (JSON.stringify(rows).includes(text)) found.push(name)
  }
  return found
}

const turns = (length: number) =>
  Array.from({ length }, (_, at) => ({
    speaker: at % 2 ? 'Customer' : 'Agent',
    text: at === Math.floor(length / 2) ? `You know, ${CANARY}, they said.` : FILLER.repeat(1 + (at % 5)),
  }))

describe('deleting a call', () => {
  test('leaves its sentences in no table and no file', async () => {
    const others: number[] = []
    const ids: number[] = []
    for (let count = 0; count < 24; count++) {
      others.push(await appliance.api.submit({ transcript: `Agent: ${FILLER.repeat(count + 1)}` }))
      const metadata = { note: CANARY }
      ids.push(
        await appliance.api.submit({ transcript: turns(3 + count * 4), metadata, duration_seconds: 61 }),
      )
    }
    for (const id of [...ids, ...others]) await appliance.api.settled(id)
    expect((await tablesWith(CANARY)).length).toBeGreaterThan(4)
    for (const id of ids) expect((await remove(id)).status).toBe(204)
    expect(await tablesWith(CANARY)).toEqual([])
    await emptied()
    expect(filesWith(CANARY)).toEqual([])
    for (const id of others) expect((await appliance.api.job(id)).status).toBe('completed')
  }, 60_000)

  test('takes the recording, the children and every count along', async () => {
    const before = await appliance.api.get<{ total: number }>('/jobs')
    const form = new FormData()
    form.append('source_call_id', 'gone')
    form.append('file', new File([new Uint8Array(makeWav([tone(440, 8000, 2)]))], 'call.wav'))
    const { body } = await call({ method: 'POST', path: '/calls/audio-file', body: form })
    await appliance.api.settled(body.job_id)
    expect(readdirSync(appliance.app.folders.recordings)).toHaveLength(1)
    expect((await remove(body.job_id)).status).toBe(204)
    expect(readdirSync(appliance.app.folders.recordings)).toEqual([])
    const parent = await appliance.api.submit({ source_call_id: 'gone', transcript: turns(5) })
    await appliance.api.settled(parent)
    const child = await appliance.api.post<{ job_id: number }>(`/jobs/${parent}/run-algorithms`, {
      algorithm_ids: ['summary_v1'],
      force_rerun: true,
    })
    await appliance.api.settled(child.job_id)
    expect((await remove(child.job_id)).status).toBe(204)
    for (const id of [parent, child.job_id])
      expect((await call({ method: 'GET', path: `/jobs/${id}` })).status).toBe(404)
    const after = await appliance.api.get<{ total: number }>('/jobs')
    expect(after.total).toBe(before.total)
  })

  test('never gives an id to another job or run', async () => {
    const first = await appliance.api.submit({ transcript: turns(3) })
    await appliance.api.settled(first)
    const [run] = (await appliance.api.runs(first)).sort(
      (one, other) => other.algorithm_run_id - one.algorithm_run_id,
    )
    await remove(first)
    const second = await appliance.api.submit({ transcript: turns(3) })
    await appliance.api.settled(second)
    expect(second).toBeGreaterThan(first)
    for (const { algorithm_run_id } of await appliance.api.runs(second))
      expect(algorithm_run_id).toBeGreaterThan(run!.algorithm_run_id)
  })

  test('is for those with the right to it, and leaves an entry of who did it', async () => {
    const id = await appliance.api.submit({ transcript: turns(3), idempotency: 1 })
    await appliance.api.settled(id)
    expect((await remove(id, 'sibling')).status).toBe(403)
    expect((await remove(id, 'stranger')).status).toBe(403)
    expect((await remove(999_999)).status).toBe(404)
    expect((await remove('abc')).status).toBe(404)
    expect((await remove(id, 'partner')).status).toBe(204)
    expect((await remove(id)).status).toBe(404)
    const { audit } = await appliance.api.get<{ audit: { object: object; actor: { scope: string } }[] }>(
      '/audit?action=job.deleted&limit=1',
    )
    expect(audit[0]).toMatchObject({ object: { type: 'job', id: String(id) }, actor: { scope: 'partner' } })
  })

  test('waits for what is under way', async () => {
    const held = Promise.withResolvers<Response>()
    receiver.replyWith(() => held.promise)
    const id = await appliance.api.submit({ transcript: turns(3), algorithm_ids: ['key_phrases_v1'] })
    await appliance.api.ended(id)
    const seen = receiver.received.length
    await receiver.until(1, ({ bytes }) => bytes.includes(`"job_id":${id}`), 3000).catch(() => undefined)
    const refused = await remove(id)
    expect(refused.status).toBe(409)
    expect(refused.headers.get('retry-after')).toBe('5')
    held.resolve(new Response(null, { status: 204 }))
    await appliance.api.settled(id)
    expect((await remove(id)).status).toBe(204)
    expect(seen).toBeGreaterThan(0)
  })

  test('frees its source ids and its idempotency key', async () => {
    const send = () =>
      call({
        method: 'POST',
        path: '/calls/transcript',
        body: { transcript: 'Agent: Hi', source_call_id: 'again' },
        headers: { 'idempotency-key': 'one' },
      })
    const first = await send()
    await appliance.api.settled(first.body.job_id)
    await remove(first.body.job_id)
    const second = await send()
    expect(second.status).toBe(202)
    expect(second.body.job_id).not.toBe(first.body.job_id)
  })
})
