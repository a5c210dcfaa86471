import type { App } from '../../app.ts'
import type { Job } from '../../core/jobs/jobs.sql.ts'
import { type Submission, submit } from '../../core/jobs/submissions.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { requireWorkspace } from '../../core/tenancy/tenants.ts'
import { sha256 } from '../../lib/ids.ts'
import { withOffset } from '../../lib/zoned.ts'
import { reply } from '../responses.ts'
import { invalidFields } from '../validation.ts'
import { presentJob } from './job-shape.ts'
import { type SharedFields, spanMs } from './submission-body.ts'
import { hasOffset } from './times.ts'

const KEY_HEADER = 'idempotency-key'
const KEY = /^[\x20-\x7e]{1,255}$/

export interface Received {
  actor: Actor
  request: Request
  fields: SharedFields
  content: Submission['content']
  /** Stands for the content in the comparison with an earlier request of the same key. */
  contentKey: unknown
}

/** Stores the call and its job, or finds the job that the same call made before. */
export async function store(app: App, received: Received): Promise<{ job: Job; created: boolean }> {
  const submission = await submissionOf(app, received)
  const catalogue = app.catalogue()
  return app.db.tx((tx) => submit(tx, catalogue, submission, app))
}

/** 202 for a new job, 200 for the one there was. */
export const answerWith = async (app: App, { job, created }: { job: Job; created: boolean }) =>
  reply(created ? 202 : 200, await presentJob(app, job))

async function submissionOf(app: App, received: Received): Promise<Submission> {
  const { actor, fields, content } = received
  return {
    workspaceId: await workspaceFor(app, actor, fields.workspace_id),
    sourceCallId: fields.source_call_id ?? null,
    sourceCompanyId: fields.source_company_id ?? null,
    startedAt: startOf(fields),
    timeZone: fields.time_zone ?? null,
    durationMs: durationOf(fields),
    direction: fields.direction ?? null,
    fromNumber: fields.from_number ?? null,
    toNumber: fields.to_number ?? null,
    agentName: fields.agent_name ?? null,
    agentChannel: fields.agent_channel ?? null,
    language: fields.language ?? null,
    metadata: fields.metadata ?? {},
    algorithmIds: fields.algorithm_ids ?? null,
    analyticsOnly: fields.analytics_only ?? false,
    content,
    idempotency: idempotencyOf(received),
  }
}

async function workspaceFor(app: App, actor: Actor, named: string | null | undefined): Promise<number> {
  if (named != null) return (await requireWorkspace(app.db, actor, named)).id
  if (actor.workspaceId !== null) return actor.workspaceId
  throw invalidFields([{ field: 'workspace_id', message: 'Required with a token wider than a workspace' }])
}

/** A local time gets the offset that its time zone had then, so that everything behind knows the moment. */
function startOf({ started_at, time_zone }: SharedFields): string | null {
  if (!started_at) return null
  return hasOffset(started_at) || !time_zone ? started_at : withOffset(started_at, time_zone)
}

function durationOf({ duration_seconds, started_at, ended_at }: SharedFields): number | null {
  if (duration_seconds != null) return Math.round(duration_seconds * 1000)
  return started_at && ended_at ? spanMs(started_at, ended_at) || null : null
}

function idempotencyOf({ request, fields, contentKey }: Received): Submission['idempotency'] {
  const key = request.headers.get(KEY_HEADER)
  if (key === null) return undefined
  if (!KEY.test(key))
    throw invalidFields([{ field: 'Idempotency-Key', message: 'Expected 1 to 255 printable characters' }])
  return { key, bodyHash: sha256(canonical([fields, contentKey])) }
}

/** The same fields in another order are the same body, and so are absent ones and nulls. */
const canonical = (value: unknown): string => JSON.stringify(value, sorted)

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
