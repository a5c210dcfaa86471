import type { Job } from './api.ts'
import { TOKEN } from './appliance.ts'
import { sampleCall } from './sample-call.ts'

/** Calls by the caller's own id, and the job that was acknowledged for it; undefined as long as none was. */
export interface Submitted {
  calls: Map<string, object>
  acknowledged: Map<string, number>
  /** Ids that were answered otherwise than before: there must be none. */
  contradictions: string[]
}

export const nothingSubmitted = (): Submitted => ({
  calls: new Map(),
  acknowledged: new Map(),
  contradictions: [],
})

interface LoadOptions {
  clients: number
  /** Between the calls of one client. */
  pauseMs: number
  algorithmIds?: string[]
  onAcknowledged?(): void
}

/** Submits calls until the appliance is gone or `stop` is called; resolves when all clients have ended. */
export function startLoad(url: string, submitted: Submitted, options: LoadOptions) {
  let stopped = false
  const clients = Array.from({ length: options.clients }, async () => {
    while (!stopped) {
      const call = sampleCall({ algorithm_ids: options.algorithmIds })
      submitted.calls.set(call.source_call_id, call)
      if (!(await submitOne(url, call, submitted))) return
      options.onAcknowledged?.()
      await Bun.sleep(options.pauseMs)
    }
  })
  return {
    stop: () => {
      stopped = true
      return Promise.all(clients)
    },
    ended: Promise.all(clients),
  }
}

/** What was not acknowledged is submitted again, as every client would. */
export async function submitRest(url: string, submitted: Submitted) {
  for (const [id, call] of submitted.calls)
    if (!submitted.acknowledged.has(id) && !(await submitOne(url, call, submitted)))
      throw new Error(`${id} was not acknowledged`)
}

/** False when there was no answer, or one that asks to come again. */
async function submitOne(url: string, call: object, submitted: Submitted): Promise<boolean> {
  const { source_call_id: id } = call as { source_call_id: string }
  let answer: Response
  let job: Job
  try {
    answer = await fetch(`${url}/api/v1/calls/transcript`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
        'idempotency-key': `key-${id}`,
      },
      body: JSON.stringify({ workspace_id: 'default', ...call }),
    })
    job = (await answer.json()) as Job
  } catch {
    return false
  }
  if (answer.status === 503 || answer.status === 507) return false
  const known = submitted.acknowledged.get(id)
  if (![200, 202].includes(answer.status) || (known !== undefined && known !== job.job_id))
    submitted.contradictions.push(`${id}: ${answer.status} ${JSON.stringify(job)}, known as ${known}`)
  submitted.acknowledged.set(id, job.job_id)
  return true
}
