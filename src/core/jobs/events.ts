import type { Queryable } from '../../db/db.ts'
import { DAY } from '../../lib/clock.ts'
import {
  attemptTimeFrom,
  logTimeFrom,
  newestTold,
  type ToldByAttempt,
  type ToldByLog,
  toldByAttempts,
  toldByLogs,
} from './events.sql.ts'

/**
 * Up to where something has been told: the newest line of the logs and the newest attempt of a delivery. Both numbers
 * only grow, in the order of the commits, so nothing is left out or repeated by going on from here.
 */
export interface Position {
  log: number
  attempt: number
}

export interface JobEvent {
  name: 'job.status' | 'run.finished' | 'delivery.attempted'
  at: number
  jobId: number
  workspaceId: number
  /** Which of the two numbers of a position it moves, and to where. */
  source: keyof Position
  id: number
  told: ToldByLog | ToldByAttempt
}

export interface Events {
  events: JobEvent[]
  /** Beyond the last of them. */
  next: Position
  /** Whether there may be more. */
  more: boolean
}

export const EVENTS_KEPT_MS = DAY

/** What happened after a position, in order; at most `limit` of each source at a time. */
export async function readEvents(
  db: Queryable,
  from: Position,
  limit: number,
  jobId?: number,
): Promise<Events> {
  const logs = (await toldByLogs(db, { after: from.log, limit, jobId })).map(byLog)
  const attempts = (await toldByAttempts(db, { after: from.attempt, limit, jobId })).map(byAttempt)
  const ends = [logs, attempts].filter((each) => each.length === limit).map((each) => each.at(-1)!.at)
  // Of a source that has been read further in time than the other, the rest is read again later.
  const until = Math.min(...ends, Number.POSITIVE_INFINITY)
  const events = merged(upTo(logs, until), upTo(attempts, until))
  return { events, next: events.reduce(moved, from), more: ends.length > 0 }
}

/** In each source the ids are in order, and must stay so whatever the clock does. */
function upTo(events: JobEvent[], until: number): JobEvent[] {
  const end = events.findIndex(({ at }) => at > until)
  return end === -1 ? events : events.slice(0, end)
}

function merged(logs: JobEvent[], attempts: JobEvent[]): JobEvent[] {
  const events: JobEvent[] = []
  let at = 0
  for (const attempt of attempts) {
    while (at < logs.length && logs[at]!.at <= attempt.at) events.push(logs[at++]!)
    events.push(attempt)
  }
  return [...events, ...logs.slice(at)]
}

/** The position once an event has been told. */
export const moved = (position: Position, { source, id }: JobEvent): Position => ({
  ...position,
  [source]: id,
})

export const isAfter = ({ source, id }: JobEvent, position: Position) => id > position[source]

/** Whether nothing up to `other` is missing at `position`. */
export const hasReached = (position: Position, other: Position) =>
  position.log >= other.log && position.attempt >= other.attempt

export const newestPosition = (db: Queryable): Promise<Position> => newestTold(db)

/** Where the events begin that are still told. */
export async function oldestPosition(db: Queryable, now: number): Promise<Position> {
  const newest = await newestTold(db)
  const since = now - EVENTS_KEPT_MS
  return {
    log: await lastBefore(newest.log, (id) => logTimeFrom(db, id), since),
    attempt: await lastBefore(newest.attempt, (id) => attemptTimeFrom(db, id), since),
  }
}

/** Ids grow with time, so the place is found in as many looks as the highest one has binary digits. */
async function lastBefore(
  newest: number,
  timeFrom: (id: number) => Promise<{ at: number } | undefined>,
  since: number,
): Promise<number> {
  let [low, high] = [0, newest]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = await timeFrom(middle + 1)
    if (found && found.at < since) low = middle + 1
    else high = middle
  }
  return low
}

const byLog = (told: ToldByLog): JobEvent => ({
  ...common(told),
  name: told.status === null ? 'run.finished' : 'job.status',
  source: 'log',
  told,
})

const byAttempt = (told: ToldByAttempt): JobEvent => ({
  ...common(told),
  name: 'delivery.attempted',
  source: 'attempt',
  told,
})

const common = ({ id, at, jobId, workspaceId }: ToldByLog | ToldByAttempt) => ({ id, at, jobId, workspaceId })
