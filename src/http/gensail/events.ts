import { z } from 'zod'
import type { App } from '../../app.ts'
import type { ToldByAttempt, ToldByLog } from '../../core/jobs/events.sql.ts'
import {
  hasReached,
  type JobEvent,
  newestPosition,
  oldestPosition,
  type Position,
} from '../../core/jobs/events.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { getWorkspace } from '../../core/tenancy/tenants.sql.ts'
import { mayUseWorkspace } from '../../core/tenancy/tenants.ts'
import { requireActor } from '../../core/tenancy/tokens.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Arrival } from '../arrival.ts'
import { readToken } from '../credentials.ts'
import { eventStream, positionOf } from '../event-stream.ts'
import { eventFeed } from '../feed.ts'
import { routes } from '../routes.ts'
import { invalidFields } from '../validation.ts'
import { jobParams, workspaceIdOf } from './jobs.ts'
import { iso } from './present.ts'

const STREAMS_PER_TOKEN = 50
const STREAMS = 1000
const RETRY_SECONDS = 10
/** Longer than the longest time between two heartbeats: then nobody reads any more. */
const SILENCE_SECONDS = 30

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }

const ABOUT = `Server-sent events: \`job.status\`, \`run.finished\` and \`delivery.attempted\`, each with an \`id\` and JSON data
(\`job_id\`, \`at\` and what it is now). With \`Last-Event-ID\` a stream goes on where an earlier one broke off, for as long as
24 hours. A comment comes every few seconds where nothing happens.`

const Query = z.object({
  last_event_id: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'For clients that cannot send the header; the header counts first' }),
})

const about = {
  description: ABOUT,
  headers: { 'last-event-id': 'The id of the last event that was seen' },
  answers: { 200: { description: 'Events as they happen', type: 'text/event-stream' } },
}

export function eventRoutes(app: App) {
  const feed = eventFeed(app.db)
  const open = new Set<{ token: string | null; end(): void }>()
  app.stopSignal.addEventListener('abort', () => {
    for (const stream of open) stream.end()
  })

  return routes<Actor>('Events')
    .get(
      '/jobs/events',
      {
        summary: 'Follow all jobs',
        ...about,
        query: Query.extend({
          workspace_id: z.string().min(1).max(100).optional().meta({ description: 'UUID or slug' }),
        }),
        refusals: [404, 429],
      },
      async ({ actor, query, request, arrival }) => {
        const { last_event_id, workspace_id } = query()
        const workspaceId = await workspaceIdOf(app, actor, workspace_id)
        const given = request.headers.get('last-event-id') ?? last_event_id
        const from = await startOf(app, given, () => newestPosition(app.db))
        return follow(actor, request, arrival, { from, sees: seenBy(app, actor, workspaceId) })
      },
    )
    .get(
      '/jobs/:job_id/events',
      {
        summary: 'Follow a job',
        ...about,
        description: `${ABOUT} Without it the stream begins with what has happened to the job so far.`,
        params: jobParams,
        query: Query,
        refusals: [429],
      },
      async ({ actor, params, query, request, arrival }) => {
        const job = await requireJob(app.db, actor, params.job_id)
        const given = request.headers.get('last-event-id') ?? query().last_event_id
        const from = await startOf(app, given, () => oldestPosition(app.db, app.clock()))
        return follow(actor, request, arrival, { from, jobId: job.id, sees: async () => true })
      },
    )

  function follow(
    actor: Actor,
    request: Request,
    arrival: Arrival,
    what: { from: Position; jobId?: number; sees: (event: JobEvent) => Promise<boolean> },
  ): Response {
    const token = actor.tokenUuid
    const own = [...open].filter((stream) => stream.token === token)
    if (own.length >= STREAMS_PER_TOKEN || open.size >= STREAMS) throw tooMany()
    if (request.method === 'HEAD') return new Response(null, { headers: HEADERS })
    arrival.allowSilence(SILENCE_SECONDS)
    const { body, end } = eventStream(feed, {
      ...what,
      present: presentEvent,
      mayGoOn: () => isStillGood(app, request),
      onEnd: () => void open.delete(stream),
    })
    const stream = { token, end }
    open.add(stream)
    return new Response(body, { headers: HEADERS })
  }
}

const tooMany = () =>
  new Refusal('limited', 'Too many event streams are open', { retryAfterSeconds: RETRY_SECONDS })

/** From where the client was, but not from before what is kept, and not from beyond what has happened. */
async function startOf(
  { db, clock }: App,
  given: string | undefined,
  otherwise: () => Promise<Position>,
): Promise<Position> {
  if (given === undefined || given === '') return otherwise()
  const wanted = positionOf(given)
  if (!wanted)
    throw invalidFields([{ field: 'Last-Event-ID', message: 'Is not the id of an event of this server' }])
  const newest = await newestPosition(db)
  if (hasReached(wanted, newest)) return newest
  const oldest = await oldestPosition(db, clock())
  return {
    log: Math.min(Math.max(wanted.log, oldest.log), newest.log),
    attempt: Math.min(Math.max(wanted.attempt, oldest.attempt), newest.attempt),
  }
}

/** What a workspace belongs to never changes, so each is looked up once. */
function seenBy({ db }: App, actor: Actor, only: number | undefined) {
  const known = new Map<number, boolean>()
  return async ({ workspaceId }: JobEvent): Promise<boolean> => {
    if (only !== undefined) return workspaceId === only
    if (actor.scope === 'platform') return true
    const found = known.get(workspaceId)
    if (found !== undefined) return found
    const workspace = await getWorkspace(db, workspaceId)
    const sees = workspace !== undefined && mayUseWorkspace(actor, workspace)
    known.set(workspaceId, sees)
    return sees
  }
}

async function isStillGood(app: App, request: Request): Promise<boolean> {
  try {
    await requireActor(app.db, readToken(request), app.clock(), app.operatorTokenHash)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

function presentEvent({ name, at, jobId, told }: JobEvent): object {
  const common = { job_id: jobId, uuid: told.jobUuid, source_call_id: told.sourceCallId, at: iso(at) }
  if (name === 'delivery.attempted') return { ...common, ...presentAttempt(told as ToldByAttempt) }
  return { ...common, ...presentLine(told as ToldByLog) }
}

function presentLine({ status, runId, algorithmId, runStatus, errorCode }: ToldByLog): object {
  if (status !== null) return { status, ...(status === 'failed' && { error_code: errorCode }) }
  return { algorithm_run_id: runId, algorithm_id: algorithmId, status: runStatus, error_code: errorCode }
}

const presentAttempt = (attempt: ToldByAttempt): object => ({
  delivery_id: attempt.deliveryId,
  algorithm_run_id: attempt.runId,
  endpoint_id: attempt.endpointUuid,
  status: attempt.outcome,
  status_code: attempt.statusCode,
  error_kind: attempt.errorKind,
  duration_ms: attempt.durationMs,
})
