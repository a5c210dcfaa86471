import sql from 'sql-template-tag'
import { moveDeliveries, setDuration, setTranscript } from '../../../src/core/jobs/changes.sql.ts'
import { getJob, insertJob, type Job } from '../../../src/core/jobs/jobs.sql.ts'
import { finalStatuses, mayBecome, type Status } from '../../../src/core/jobs/status.ts'
import { countOut } from '../../../src/core/jobs/tallies.ts'
import { type Ending, finish, start, startRound } from '../../../src/core/jobs/transitions.ts'
import { insertOrganization, insertPartner, insertWorkspace } from '../../../src/core/tenancy/tenants.sql.ts'
import { ensureDefaultTenants } from '../../../src/core/tenancy/tenants.ts'
import type { Db, Tx } from '../../../src/db/db.ts'

export type Random = (below: number) => number

/** The same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export const ALGORITHMS = ['sentiment_v1', 'summary_v1', 'pii_v1']
export const COMPANIES = ['north', 'south', '']
/** Ids of the workspaces; two of one organization, one of another of the same partner, one of a stranger. */
export const WORKSPACES = [1, 2, 3, 4]

export async function addTenants(db: Db): Promise<void> {
  await db.tx(async (tx) => {
    await ensureDefaultTenants(tx)
    await insertWorkspace(tx, { slug: 'b', name: 'B', organizationId: 1, partnerId: 1 })
    await insertOrganization(tx, { slug: 'o2', name: 'Other', partnerId: 1 })
    await insertWorkspace(tx, { slug: 'c', name: 'C', organizationId: 2, partnerId: 1 })
    await insertPartner(tx, { slug: 'p2', name: 'Stranger' })
    await insertOrganization(tx, { slug: 'o3', name: 'Far', partnerId: 2 })
    await insertWorkspace(tx, { slug: 'd', name: 'D', organizationId: 3, partnerId: 2 })
    for (const id of WORKSPACES)
      await tx.run(sql`
        INSERT INTO calls (id, uuid, workspace_id, source, metadata, created_at)
        VALUES (${id}, ${`call ${id}`}, ${id}, 'transcript', '{}', 0)`)
  })
}

const log = { level: 'info', stage: 'test', message: 'Test' } as const
const LENGTHS = [null, 0, 29_999, 30_000, 61_250, 300_000, 1_799_999, 1_800_000, 4_000_000]

/** One thing that may happen to one job, or a new one. */
export async function happen(tx: Tx, random: Random): Promise<void> {
  const job = random(3) === 0 ? undefined : await someJob(tx, random)
  if (!job) await submit(tx, random)
  else await events[random(events.length)]!(tx, job, random)
}

async function submit(tx: Tx, random: Random, parent?: Job) {
  const workspaceId = parent?.workspaceId ?? WORKSPACES[random(WORKSPACES.length)]!
  await insertJob(tx, {
    workspaceId,
    callId: workspaceId,
    parentJobId: parent?.id ?? null,
    status: parent ? 'analyzing' : 'queued',
    source: parent ? 'on_demand' : 'transcript',
    sourceCallId: null,
    sourceCompanyId: parent ? parent.sourceCompanyId : COMPANIES[random(COMPANIES.length)]! || null,
    algorithmIds: null,
    analyticsOnly: 0,
    callStartedAt: null,
    durationMs: parent ? parent.durationMs : LENGTHS[random(LENGTHS.length)]!,
    language: null,
    transcriptId: null,
    recordingId: null,
  })
}

async function someJob(tx: Tx, random: Random): Promise<Job | undefined> {
  const row = await tx.get<{ last: number | null }>(sql`SELECT max(id) AS last FROM jobs`)
  return row?.last ? getJob(tx, 1 + random(row.last)) : undefined
}

type Event = (tx: Tx, job: Job, random: Random) => Promise<unknown>

const goOn: Event = async (tx, job, random) => {
  const to = (['transcribing', 'analyzing'] as const)[random(2)]!
  if (mayBecome(job.status, to) && !finalStatuses.includes(job.status)) await start(tx, job, to, log)
  else await end(tx, job, random)
}

const end: Event = async (tx, job, random) => {
  const status = finalStatuses[random(finalStatuses.length)] as Ending['status']
  if (finalStatuses.includes(job.status) || !mayBecome(job.status, status)) return
  const hasRuns = status === 'completed' || status === 'partial' || status === 'failed'
  const runs = hasRuns ? ALGORITHMS.slice(0, random(ALGORITHMS.length + 1)) : []
  const counts = { runsCompleted: 0, runsFailed: 0 }
  for (const algorithmId of runs) {
    const isCompleted = random(4) > 0
    counts[isCompleted ? 'runsCompleted' : 'runsFailed']++
    await tx.run(sql`
      INSERT INTO runs (uuid, job_id, workspace_id, algorithm_id, revision, round, status, started_at, completed_at,
        duration_ms)
      VALUES (${crypto.randomUUID()}, ${job.id}, ${job.workspaceId}, ${algorithmId}, 0, ${job.round},
        ${isCompleted ? 'completed' : 'failed'}, ${tx.now}, ${tx.now}, 0)`)
  }
  await finish(tx, job, { status, pending: random(4), failed: random(2), ...counts }, [log])
}

const events: Event[] = [
  goOn,
  goOn,
  end,
  end,
  end,
  async (tx, job) => {
    const to = (['queued', 'analyzing'] as Status[]).find((status) => mayBecome(job.status, status))
    if (finalStatuses.includes(job.status) && to) await startRound(tx, job, to as 'queued', log)
  },
  (tx, job, random) => submit(tx, random, job),
  (tx, job, random) => setDuration(tx, job, LENGTHS[1 + random(LENGTHS.length - 1)]!),
  (tx, job) => setTranscript(tx, job, { transcriptId: null, durationMs: 45_000, language: 'en' }),
  async (tx, job) => {
    if (job.deliveriesPending > 0) await moveDeliveries(tx, job.id, { pending: -1, delivered: 1, failed: 0 })
  },
  async (tx, job) => {
    if (job.deliveriesPending > 0) await moveDeliveries(tx, job.id, { pending: -1, delivered: 0, failed: 1 })
  },
  async (tx, job) => {
    if (job.deliveriesDelivered > 0)
      await moveDeliveries(tx, job.id, { pending: 1, delivered: -1, failed: 0 })
  },
  async (tx, job, random) => {
    if (random(4) > 0) return
    const child = await tx.get(sql`SELECT id FROM jobs WHERE parent_job_id = ${job.id}`)
    if (child) return
    await tx.run(sql`DELETE FROM runs WHERE job_id = ${job.id}`)
    await tx.run(sql`DELETE FROM job_logs WHERE job_id = ${job.id}`)
    await tx.run(sql`DELETE FROM jobs WHERE id = ${job.id}`)
    countOut(tx, job)
  },
]
