import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startAppliance, stopAppliances } from '../support/appliance.ts'
import { payloadOf, startReceiver } from '../support/receiver.ts'
import { startRecogniser } from '../support/recogniser.ts'
import { makeWav, speechLike } from '../support/wav.ts'

/** Left speaks from 1 to 3 and from 6 to 7, right from 4 to 5. */
const left = speechLike(
  [
    [1, 3],
    [6, 7],
  ],
  8000,
  8,
)
const right = speechLike([[4, 5]], 8000, 8)
const STEREO = makeWav([left, right], { rate: 8000 })
const MONO = makeWav([left], { rate: 8000 })

const recogniser = startRecogniser()
const receiver = startReceiver()
const configured = await startAppliance({
  fixtures: ['good/words', 'good/hears'],
  transcribers: { openai: { base_url: recogniser.url, model: 'tiny' } },
})
const bare = await startAppliance({ fixtures: ['good/words', 'good/hears'] })
const { api } = configured
const BASIS = { processing: { algorithms: ['words'], filters: { min_duration_seconds: 0 } } }

afterAll(async () => {
  await stopAppliances()
  recogniser.stop()
  receiver.stop()
})
beforeEach(async () => {
  recogniser.refuseWith()
  await api.put('/config/workspaces/default', BASIS)
})

interface Transcript {
  language: string
  duration_seconds: number
  turns: { turn: number; speaker: string; text: string; start_ms: number; end_ms: number }[]
}

async function transcribed(file: Uint8Array, fields: object = {}): Promise<string[]> {
  const job = await api.ended(await api.submitFile(file, fields))
  expect(job).toMatchObject({ status: 'completed', error: null })
  const { turns } = await api.get<Transcript>(`/jobs/${job.job_id}/transcript`)
  return turns.map(({ speaker, text }) => `${speaker}: ${text}`)
}

const AGENT_LEFT = ['Agent: spoken from 1 to 3', 'Customer: spoken from 4 to 5', 'Agent: spoken from 6 to 7']
const AGENT_RIGHT = [
  'Customer: spoken from 1 to 3',
  'Agent: spoken from 4 to 5',
  'Customer: spoken from 6 to 7',
]

describe('a recording', () => {
  test('in stereo has the agent on the left, in the order of speaking', async () => {
    expect(await transcribed(STEREO)).toEqual(AGENT_LEFT)
  })

  test('has the agent where the call says', async () => {
    expect(await transcribed(STEREO, { agent_channel: 1 })).toEqual(AGENT_RIGHT)
  })

  test('has the agent where the workspace says, unless the call says otherwise', async () => {
    await api.configure({ processing: { agent_channel: 1 } })
    expect(await transcribed(STEREO)).toEqual(AGENT_RIGHT)
    expect(await transcribed(STEREO, { agent_channel: 0 })).toEqual(AGENT_LEFT)
  })

  test('in mono names nobody', async () => {
    expect(await transcribed(MONO)).toEqual(['Speaker: spoken from 1 to 3', 'Speaker: spoken from 6 to 7'])
  })

  test('goes through every stage, and each is in the log', async () => {
    const job = await api.ended(await api.submitFile(STEREO))
    const logs = await api.logs(job.job_id)
    const stages = [...new Set(logs.map(({ stage }) => stage))]
    expect(stages).toEqual(['queued', 'transcribing', 'analyzing', 'completed'])
    const heard = logs.find(({ message }) => message === 'Recording read')!.data!
    expect(heard).toMatchObject({ format: 'wav', duration_seconds: 8, sample_rate: 8000 })
    const [first, second] = heard.speech_seconds as number[]
    expect(first).toBeWithin(2.5, 3.6)
    expect(second).toBeWithin(0.7, 1.5)
    expect(job).toMatchObject({ duration_seconds: 8, language: 'en' })
  })

  test('can be had back byte for byte', async () => {
    const id = await api.submitFile(STEREO)
    const answer = await fetch(`${configured.url}/api/v1/jobs/${id}/recording`, {
      headers: { authorization: `Bearer ${configured.token}` },
    })
    expect(Buffer.from(await answer.arrayBuffer()).equals(STEREO)).toBeTrue()
    await api.ended(id)
  })

  test('may be MP3', async () => {
    const mp3 = readFileSync(join(import.meta.dir, '../samples/recording.mp3'))
    const turns = await transcribed(mp3)
    expect(turns.length).toBeGreaterThan(1)
  })
})

describe('when the recogniser fails', () => {
  test('the job fails with its reason, and can be retried after', async () => {
    recogniser.refuseWith(401, '{"error":{"message":"Incorrect API key provided"}}')
    const id = await api.submitFile(STEREO)
    const job = await api.ended(id)
    expect(job).toMatchObject({ status: 'failed', error: { code: 'transcription_failed' } })
    expect(job.error!.message).toContain('Incorrect API key provided')
    recogniser.refuseWith()
    await api.post(`/jobs/${id}/retry`, { mode: 'requeue' })
    expect(await api.ended(id)).toMatchObject({ status: 'completed', error: null })
  })

  test('the next of the fallbacks is asked', async () => {
    recogniser.refuseWith(400)
    await api.configure({ transcription: { fallbacks: ['absent', 'hears'], settings: { url: 'x' } } })
    const job = await api.ended(await api.submitFile(MONO))
    expect(job).toMatchObject({ status: 'completed', error: null })
    const messages = (await api.logs(job.job_id)).map(({ message }) => message)
    expect(messages).toContainEqual(expect.stringMatching(/^openai: /))
    expect(messages).toContainEqual(expect.stringMatching(/^absent: /))
    expect(messages).toContain('Transcribed by hears')
  })

  test('a workspace cannot point the operator’s server elsewhere', async () => {
    const elsewhere = startReceiver(() => Response.json({ text: 'stolen', segments: [] }))
    await api.send('PATCH', '/config/workspaces/default', {
      transcription: { settings: { base_url: `${elsewhere.url}/v1` } },
    })
    await api.ended(await api.submitFile(MONO))
    expect(elsewhere.received).toEqual([])
    elsewhere.stop()
  })
})

describe('without any transcriber', () => {
  const { api } = bare
  let id: number

  beforeAll(async () => {
    const endpoints = [{ url: receiver.url }]
    const processing = { ...BASIS.processing, algorithms: ['words', 'summary_v1'] }
    await api.put('/config/workspaces/default', { processing, webhooks: { endpoints } })
    id = await api.submitFile(STEREO)
    await api.settled(id)
  })

  test('the job fails and says what to set', async () => {
    const { status, error } = await api.job(id)
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'no_transcriber' })
    expect(error!.message).toContain('EARSHOT_OPENAI_URL')
    expect(error!.message).toContain('EARSHOT_COMMAND_PROGRAM')
    expect(error!.message).toContain('retry')
  })

  test('the partner hears of it, once for each algorithm', async () => {
    const hooks = (await receiver.until(2)).map(payloadOf)
    expect(hooks.map(({ call }) => call.algorithm_id).sort()).toEqual(['summary_v1', 'words'])
    for (const { status, data, error, call } of hooks) {
      expect({ status, data, code: error?.code }).toEqual({
        status: 'failed',
        data: [],
        code: 'no_transcriber',
      })
      expect(call).toMatchObject({ job_id: id, call_transcript: null, recording_duration: 8 })
    }
    expect((await api.runs(id)).map(({ error }) => error?.code)).toEqual(['no_transcriber', 'no_transcriber'])
  })

  test('neither rerun nor on-demand runs have anything to work on', async () => {
    expect((await api.send('POST', `/jobs/${id}/retry`, { mode: 'rerun' })).status).toBe(409)
    expect(await api.send('POST', `/jobs/${id}/run-algorithms`, { algorithm_ids: ['words'] })).toMatchObject({
      status: 400,
      body: { detail: 'Job has no usable transcript' },
    })
  })

  test('it completes when it is retried after one was configured', async () => {
    await api.configure({ transcription: { transcriber: 'hears', settings: { url: 'x' } } })
    const queued = await api.post<{ status: string }>(`/jobs/${id}/retry`, { mode: 'requeue' })
    expect(queued.status).toBe('queued')
    expect(await api.settled(id)).toMatchObject({ status: 'completed', error: null })
    const hooks = await receiver.until(4)
    expect(hooks.slice(2).map((one) => payloadOf(one).status)).toEqual(['completed', 'completed'])
  })
})
