import { ALGORITHMS, type Appliance, makeFolder, SECRET, startAppliance, TOKEN } from './appliance.ts'
import { submissions } from './calls.ts'
import { type Answer, connectAll, volley } from './client.ts'
import { type Latency, latency, median, medianLatency } from './figures.ts'
import { atMost, type Bench, latencyRows, type Row } from './measures.ts'
import { processorSeconds, watchPeak } from './processes.ts'
import { type Receiver, requireDelivered, startReceiver } from './receiver.ts'

const LIMIT_MS = 180_000
/** The last webhook is sent before its delivery is stored as done. */
const SETTLE_MS = 400
const GAP_MS = 10
const SAMPLED_JOBS = 50

interface Batch {
  jobsPerSecond: number
  microsecondsPerJob: number
  answersPerSecond: number
  latency: Latency
  peakMb: number
}

/** From the submission of many calls at once to their last signed webhook. */
export async function measureJobs(bench: Bench): Promise<Row[]> {
  return withAppliance(bench, async (appliance, receiver) => {
    const { extent, say } = bench
    const connections = await connectAll(appliance.url, extent.connections)
    const requestOf = submissions(appliance.url, TOKEN, 'default')
    let next = 0
    const submit = (count: number) => {
      next += count
      return volley(connections, next - count, next, requestOf)
    }
    await runBatch(appliance, receiver, () => submit(extent.warmUp))
    const batches: Batch[] = []
    for (let at = 0; at < extent.repetitions; at++) {
      const batch = await runBatch(appliance, receiver, () => submit(extent.jobs))
      batches.push(batch)
      say(`jobs: ${Math.round(batch.jobsPerSecond)}/s, ${Math.round(batch.microsecondsPerJob)} µs each`)
    }
    return batchRows(batches)
  })
}

/** One call at a time on an appliance that has nothing else to do. */
export async function measureIdle(bench: Bench): Promise<Row[]> {
  return withAppliance(bench, async (appliance, receiver) => {
    const connections = await connectAll(appliance.url, 1)
    const requestOf = submissions(appliance.url, TOKEN, 'default')
    const answered: number[] = []
    const delivered: number[] = []
    const { sequential, warmUp } = bench.extent
    for (let at = 0; at < warmUp + sequential; at++) {
      const since = performance.now()
      const last = receiver.received.length + ALGORITHMS.length
      const [answer] = await volley(connections, at, at + 1, requestOf)
      await receiver.count(last, LIMIT_MS)
      if (at >= warmUp) {
        answered.push(answer!.ms)
        delivered.push(receiver.received[last - 1]!.at - since)
      }
      await Bun.sleep(GAP_MS)
    }
    return [
      ...latencyRows('Idle: durable 202', latency(answered)),
      ...latencyRows('Idle: submit to last of 3 webhooks', latency(delivered), { p50: 3, p99: 10 }),
    ]
  })
}

async function withAppliance<T>(
  bench: Bench,
  measure: (appliance: Appliance, receiver: Receiver) => Promise<T>,
): Promise<T> {
  const folder = makeFolder()
  const receiver = startReceiver()
  const appliance = await startAppliance(bench.command, folder.path)
  try {
    await appliance.api.put('/config/workspaces/default', {
      processing: { algorithms: ALGORITHMS },
      webhooks: { endpoints: [{ url: receiver.url, secret: SECRET }] },
    })
    return await measure(appliance, receiver)
  } finally {
    await appliance.stop()
    receiver.stop()
    folder.remove()
  }
}

async function runBatch(
  appliance: Appliance,
  receiver: Receiver,
  submit: () => Promise<Answer[]>,
): Promise<Batch> {
  receiver.received.length = 0
  const processorBefore = processorSeconds(appliance.pid)
  const endWatch = watchPeak(appliance.pid)
  const since = performance.now()
  const answers = await submit()
  const answeredMs = performance.now() - since
  await receiver.count(answers.length * ALGORITHMS.length, LIMIT_MS)
  const seconds = (receiver.received.at(-1)!.at - since) / 1000
  await Bun.sleep(SETTLE_MS)
  const processor = processorSeconds(appliance.pid) - processorBefore
  const peakMb = endWatch()
  const ids = new Set(answers.map(jobIdOf))
  requireDelivered(receiver.received, ids, ALGORITHMS.length, SECRET)
  await requireCompleted(appliance, [...ids])
  return {
    jobsPerSecond: answers.length / seconds,
    microsecondsPerJob: (processor / answers.length) * 1e6,
    answersPerSecond: answers.length / (answeredMs / 1000),
    latency: latency(answers.map(({ ms }) => ms)),
    peakMb,
  }
}

function jobIdOf({ status, body }: Answer): number {
  if (status !== 202) throw new Error(`A submission was answered ${status}: ${body}`)
  return (JSON.parse(body.toString()) as { job_id: number }).job_id
}

async function requireCompleted(appliance: Appliance, ids: number[]) {
  for (let at = 0; at < SAMPLED_JOBS; at++) {
    const id = ids[Math.floor((at * ids.length) / SAMPLED_JOBS)]!
    const { status, deliveries } = await appliance.api.job(id)
    if (status !== 'completed' || deliveries.delivered !== ALGORITHMS.length)
      throw new Error(`Job ${id} is ${status} with ${deliveries.delivered} deliveries`)
  }
}

function batchRows(batches: Batch[]): Row[] {
  const middle = (of: (batch: Batch) => number) => median(batches.map(of))
  return [
    { name: 'Jobs end to end', value: middle((one) => one.jobsPerSecond), unit: '/s' },
    {
      name: 'Processor time per job, all processes',
      value: middle((one) => one.microsecondsPerJob),
      unit: 'µs',
      goal: atMost(350),
    },
    { name: '202s while jobs run', value: middle((one) => one.answersPerSecond), unit: '/s' },
    ...latencyRows('202 while jobs run', medianLatency(batches.map((one) => one.latency)), { p99: 15 }),
    {
      name: 'Peak memory, all processes',
      value: Math.max(...batches.map((one) => one.peakMb)),
      unit: 'MB',
      goal: atMost(350),
    },
  ]
}
