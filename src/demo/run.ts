import type { App } from '../app.ts'
import { getRecording } from '../core/calls/recordings.sql.ts'
import { getJob } from '../core/jobs/jobs.sql.ts'
import { apiClient, type Client, type DemoJob, type DemoRun } from './client.ts'
import { type Followed, follow } from './progress.ts'
import { startReceiver } from './receiver.ts'
import { describeRun, wrap } from './results.ts'
import { sampleCalls, sampleCompetitors, sampleRecording } from './samples.ts'

const SECRET = 'whsec_ZGVtbyBzZWNyZXQgZm9yIHRoZSBsb29wYmFjaw=='
const NAME_WIDTH = 24

interface DemoOptions {
  url: string
  token: string
  /** Undefined when none is configured or installed. */
  recogniser: string | undefined
  print(line: string): void
}

export interface DemoReport {
  jobs: { title: string; job: DemoJob; runs: DemoRun[] }[]
  webhooks: { id: string; job_id: number; algorithm_id: string; verified: boolean }[]
  recogniser: string | null
  /** What did not happen although it can on this machine; empty when all is well. */
  problems: string[]
}

/** The main job on real input, through the public API, with a receiver of its own. */
export async function runDemo(app: App, { url, token, recogniser, print }: DemoOptions): Promise<DemoReport> {
  const receiver = startReceiver(SECRET)
  try {
    const client = apiClient(url, token)
    await configure(client, receiver.url)
    const calls = await submitAll(client)
    print('Calls on their way:\n')
    const jobs = await follow(client, calls, print)
    const runs = await Promise.all(jobs.map(({ job_id }) => client.runs(job_id)))
    for (const [at, { title }] of calls.entries()) printResults(title, jobs[at]!, runs[at]!, print)
    await printRecording(app, jobs.at(-1)!, recogniser, print)
    printWebhooks(receiver.received, print)
    const report: DemoReport = {
      jobs: calls.map(({ title }, at) => ({ title, job: jobs[at]!, runs: runs[at]! })),
      webhooks: receiver.received.map(({ id, jobId, algorithmId, wrong }) => ({
        id,
        job_id: jobId,
        algorithm_id: algorithmId,
        verified: !wrong,
      })),
      recogniser: recogniser ?? null,
      problems: [],
    }
    report.problems = problemsOf(report)
    printEnd(report, print)
    return report
  } finally {
    receiver.stop()
  }
}

async function configure(client: Client, hooks: string) {
  await client.put('/config/workspaces/default', {
    webhooks: { endpoints: [{ url: hooks, secret: SECRET }] },
  })
  await client.patch('/algorithms/competitor_mentions_v1/variables?workspace_id=default', {
    variables: { competitors: sampleCompetitors },
  })
}

async function submitAll(client: Client): Promise<Followed[]> {
  const calls: Followed[] = []
  for (const { title, body } of sampleCalls) {
    const job = await client.post<DemoJob>('/calls/transcript', { ...body, workspace_id: 'default' })
    calls.push({ title, jobId: job.job_id })
  }
  const form = new FormData()
  form.append('payload', JSON.stringify({ source_call_id: 'demo-recording', workspace_id: 'default' }))
  form.append('file', new File([await sampleRecording()], 'call.wav', { type: 'audio/wav' }))
  const recorded = await client.post<DemoJob>('/calls/audio-file', form)
  return [...calls, { title: 'Recorded call', jobId: recorded.job_id }]
}

function printResults(title: string, job: DemoJob, runs: DemoRun[], print: DemoOptions['print']) {
  const reason = job.skip_reason ?? job.error?.message
  print(`\n${title}: ${job.status}${reason ? `. ${reason}` : ''}`)
  const indent = ' '.repeat(NAME_WIDTH + 4)
  for (const run of job.status === 'failed' ? [] : runs)
    print(`  ${run.algorithm_id.padEnd(NAME_WIDTH)}  ${wrap(describeRun(run), indent)}`)
}

/** What is known of the recording without any recogniser: who spoke when. */
async function printRecording(
  { db }: App,
  job: DemoJob,
  recogniser: string | undefined,
  print: DemoOptions['print'],
) {
  const recordingId = (await getJob(db, job.job_id))?.recordingId
  const recording = recordingId ? await getRecording(db, recordingId) : undefined
  const channels = JSON.parse(recording?.speech ?? '[]') as { start_ms: number; end_ms: number }[][]
  print('\nThe recording, heard without a recogniser:\n')
  channels.forEach((segments, channel) => {
    const talk = segments.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0) / 1000
    const spans = segments.map(
      ({ start_ms, end_ms }) => `${(start_ms / 1000).toFixed(1)}-${(end_ms / 1000).toFixed(1)}`,
    )
    const who = channel === 0 ? 'agent' : 'customer'
    print(
      `  ${who.padEnd(9)} ${talk.toFixed(1).padStart(5)} s of speech: ${wrap(spans.join('  '), ' '.repeat(31))}`,
    )
  })
  if (recogniser) print(`\n  Transcribed by ${recogniser}.`)
  else
    print(
      '\n  No recogniser is configured or installed, so its words stay unknown: set EARSHOT_OPENAI_URL or\n' +
        '  EARSHOT_COMMAND_PROGRAM, or install pocketsphinx, to have it transcribed.',
    )
}

function printWebhooks(received: ReturnType<typeof startReceiver>['received'], print: DemoOptions['print']) {
  print('\nWebhooks received:\n')
  for (const { id, jobId, algorithmId, status, wrong } of received)
    print(
      `  job ${String(jobId).padEnd(3)} ${algorithmId.padEnd(NAME_WIDTH)} ${status.padEnd(10)} ${wrong ?? 'signature verified'}  ${id}`,
    )
}

function problemsOf({ jobs, webhooks, recogniser }: DemoReport): string[] {
  const problems: string[] = []
  jobs.forEach(({ title, job, runs }, at) => {
    const expected = sampleCalls[at]?.expected ?? (recogniser ? 'completed' : 'failed')
    if (job.status !== expected) problems.push(`${title} ended ${job.status} instead of ${expected}`)
    if (expected === 'failed' && job.error?.code !== 'no_transcriber')
      problems.push(`${title} failed for another reason than the missing recogniser`)
    for (const run of runs)
      if (!webhooks.some((hook) => isFor(hook, job, run))) problems.push(undelivered(title, run))
  })
  for (const { id, verified } of webhooks) if (!verified) problems.push(`Webhook ${id} has a wrong signature`)
  return problems
}

const isFor = (hook: DemoReport['webhooks'][number], job: DemoJob, run: DemoRun) =>
  hook.job_id === job.job_id && hook.algorithm_id === run.algorithm_id && hook.verified

const undelivered = (title: string, run: DemoRun) =>
  `${title}: the result of ${run.algorithm_id} was not delivered`

function printEnd({ jobs, webhooks, problems }: DemoReport, print: DemoOptions['print']) {
  const runs = jobs.reduce((sum, job) => sum + job.runs.length, 0)
  print(`\n${jobs.length} calls, ${runs} algorithm runs, ${webhooks.length} webhooks.`)
  if (problems.length === 0) print('Every step that is possible on this machine happened.')
  else for (const problem of problems) print(`PROBLEM: ${problem}`)
}
