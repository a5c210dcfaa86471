import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import qa from '../../plugins/qa_scoring_v1.ts'
import sentiment from '../../plugins/sentiment_v1.ts'
import { callOf, context } from '../support/calls.ts'

const FOLDER = join(import.meta.dir, '../samples/calls')
const FICTIONAL = /^\+1\d{3}55501\d{2}$/

const samples = await Promise.all(
  readdirSync(FOLDER).map(async (file) => ({ file, body: await Bun.file(join(FOLDER, file)).json() })),
)

const EXPECTED: Record<string, { sentiment: 'positive' | 'neutral' | 'negative'; passes: boolean }> = {
  'dental-booking.json': { sentiment: 'positive', passes: true },
  'garage-repair.json': { sentiment: 'neutral', passes: true },
  'software-support.json': { sentiment: 'positive', passes: true },
  'telecom-complaint.json': { sentiment: 'negative', passes: true },
  'wrong-number.json': { sentiment: 'neutral', passes: false },
}

for (const { file, body } of samples) {
  test(file, async () => {
    const call = callOf(body.transcript, { started_at: body.started_at, agent_name: body.agent_name })
    const mood = await sentiment.analyze(call, {}, context)
    const score = await qa.analyze(call, qa.variables.parse({}), context)
    expect({ sentiment: mood.sentiment, passes: score.passed }).toEqual(EXPECTED[file]!)
    expect(body.from_number).toMatch(FICTIONAL)
    expect(body.to_number).toMatch(FICTIONAL)
    expect(Number.isNaN(Date.parse(body.started_at))).toBe(false)
  })
}

test('all but the short one pass the minimum of 30 seconds and say enough', () => {
  for (const { file, body } of samples) {
    const turns = callOf(body.transcript).turns.length
    expect([file, body.duration_seconds >= 30]).toEqual([file, file !== 'wrong-number.json'])
    if (body.duration_seconds >= 30) expect(turns).toBeGreaterThanOrEqual(12)
  }
})
