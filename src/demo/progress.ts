import type { Client, DemoJob } from './client.ts'

const POLL_MS = 25
const GIVE_UP_MS = 180_000
const OVER = new Set(['completed', 'partial', 'failed', 'skipped', 'cancelled'])

export interface Followed {
  title: string
  jobId: number
}

/** Prints each stage that a job enters, from its log, until all jobs and their deliveries are over. */
export async function follow(
  client: Client,
  calls: Followed[],
  print: (line: string) => void,
): Promise<DemoJob[]> {
  const began = Date.now()
  const shown = new Map<number, string[]>()
  const jobs = new Map<number, DemoJob>()
  while (jobs.size < calls.length) {
    for (const { title, jobId } of calls) {
      if (jobs.has(jobId)) continue
      const job = await client.job(jobId)
      await printStages(client, title, jobId, shown, print)
      if (OVER.has(job.status) && job.deliveries.pending === 0) jobs.set(jobId, job)
    }
    if (Date.now() - began > GIVE_UP_MS) throw new Error('The calls did not come to their end')
    await Bun.sleep(POLL_MS)
  }
  return calls.map(({ jobId }) => jobs.get(jobId)!)
}

async function printStages(
  client: Client,
  title: string,
  jobId: number,
  shown: Map<number, string[]>,
  print: (line: string) => void,
) {
  const seen = shown.get(jobId) ?? []
  const stages = [...new Set((await client.logs(jobId)).map(({ stage }) => stage))]
  if (stages.length === seen.length) return
  shown.set(jobId, stages)
  print(`  ${title.padEnd(18)} job ${jobId}  ${stages.join(' → ')}`)
}
