import { afterAll, expect } from 'bun:test'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer, Job } from '../support/api.ts'
import { putPlugins } from '../support/data-folder.ts'
import { findLosses } from '../support/evidence.ts'
import { integrity, killServed, query, type Served, serve } from '../support/executable.ts'
import { nothingSubmitted, submitRest } from '../support/load.ts'
import { until } from '../support/plugin-pools.ts'
import { startReceiver } from '../support/receiver.ts'
import { needsRight } from '../support/rights.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeWav, tone } from '../support/wav.ts'

const SIZE_MB = 24
const RECOVERY_MS = 5000

const mountPoint = mkdtempSync(join(tmpdir(), 'earshot-test-disk-'))
const receiver = startReceiver()
const toBeMounted = needsRight('the right to mount', ['mount', '--bind', mountPoint, mountPoint])
Bun.spawnSync(['umount', mountPoint], { stderr: 'ignore' })
afterAll(async () => {
  await killServed()
  Bun.spawnSync(['umount', '-l', mountPoint], { stderr: 'ignore' })
  rmSync(mountPoint, { recursive: true, force: true })
  receiver.stop()
})

const BALLAST = Buffer.alloc(64 * 1024)
const ballast = join(mountPoint, 'ballast')
const data = join(mountPoint, 'data')

/** To the last byte, though the appliance writes meanwhile. */
function fillDisk() {
  const file = openSync(ballast, 'w')
  try {
    for (;;) writeSync(file, BALLAST)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

const submitted = nothingSubmitted()
async function submit({ api }: Served): Promise<Answer<Job & { detail?: string; request_id?: string }>> {
  const call = sampleCall()
  const answer = await api.send<Job>('POST', '/calls/transcript', { workspace_id: 'default', ...call })
  if (answer.status === 202) {
    submitted.calls.set(call.source_call_id, call)
    submitted.acknowledged.set(call.source_call_id, answer.body.job_id)
  }
  return answer
}

toBeMounted(
  'a full disk refuses what is to be stored, reads go on, and all is well when there is room again',
  async () => {
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', mountPoint])
    expect(mounted.exitCode).toBe(0)
    mkdirSync(data, { mode: 0o700 })
    putPlugins(data, ['good/words'])
    const appliance = await serve({ data })
    await appliance.api.put('/config/workspaces/default', {
      processing: { algorithms: ['words'] },
      webhooks: { endpoints: [{ url: `${receiver.url}/hooks` }] },
    })
    const first = await submit(appliance)
    await appliance.api.settled(first.body.job_id)

    fillDisk()
    const refused = await submitUntilFull(appliance)
    expect(refused.status).toBe(507)
    expect(refused.body).toMatchObject({
      detail: expect.stringContaining('disk'),
      request_id: expect.any(String),
    })
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    const upload = await uploadTo(appliance)
    expect(upload.status).toBe(507)
    expect(upload.headers.get('content-type')).toContain('application/json')

    expect((await appliance.api.job(first.body.job_id)).status).toBe('completed')
    expect((await appliance.api.send('GET', '/jobs')).status).toBe(200)
    expect((await fetch(`${appliance.url}/liveness`)).status).toBe(200)

    rmSync(ballast)
    const freed = Date.now()
    for (let answer = await submit(appliance); answer.status !== 202; answer = await submit(appliance)) {
      expect(Date.now() - freed).toBeLessThan(RECOVERY_MS)
      await Bun.sleep(100)
    }
    expect((await uploadTo(appliance)).status).toBe(202)
    await until(() => query(data, 'SELECT 1 FROM tasks').length === 0, 15_000)
    appliance.signal('SIGTERM')
    expect((await appliance.exited()).code).toBe(0)
    expect(losses()).toEqual([])
    expect(integrity(data)).toEqual(['ok'])
  },
  60_000,
)

toBeMounted(
  'what dies on a full disk starts again when there is room, with all that was acknowledged',
  async () => {
    const appliance = await serve({ data })
    for (let count = 0; count < 20; count++) await submit(appliance)
    fillDisk()
    await submitUntilFull(appliance)
    appliance.signal('SIGKILL')
    await appliance.exited()
    rmSync(ballast)
    const again = await serve({ data })
    await submitRest(again.url, submitted)
    await until(() => query(data, 'SELECT 1 FROM tasks').length === 0, 15_000)
    again.signal('SIGTERM')
    expect((await again.exited()).code).toBe(0)
    expect(losses()).toEqual([])
    expect(integrity(data)).toEqual(['ok'])
  },
  60_000,
)

/** The log of the database has some room of its own left when the disk is full. */
async function submitUntilFull(appliance: Served) {
  for (let count = 0; count < 3000; count++) {
    const answer = await submit(appliance)
    if (answer.status !== 202) return answer
  }
  throw new Error('The disk was never full')
}

async function uploadTo({ url, api }: Served) {
  const wav = makeWav([tone(440, 8000, 60)], { rate: 8000 })
  const form = new FormData()
  form.append('payload', JSON.stringify({ workspace_id: 'default', analytics_only: true }))
  form.append('file', new File([new Uint8Array(wav)], 'call.wav'))
  return api.send('POST', '/calls/audio-file', form).catch((error: unknown) => {
    throw new Error(`${url} hung up on the upload: ${error}`)
  })
}

const losses = () => findLosses(data, submitted, receiver.received, ['/hooks']).slice(0, 20)
