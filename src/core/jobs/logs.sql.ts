import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'
import type { Status } from './status.ts'

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  stage: string
  message: string
  data?: Record<string, unknown>
  /** What the job becomes with this line: an event. */
  status?: Status
  /** The run that ended with this line: an event. */
  runId?: number
}

export interface StoredLogLine {
  id: number
  time: number
  level: LogLine['level']
  stage: string
  message: string
  data: string | null
}

export async function addLogs(tx: Tx, jobId: number, lines: LogLine[]): Promise<void> {
  if (lines.length === 0) return
  const rows = lines.map(
    ({ level, stage, message, data, status, runId }) =>
      sql`(${jobId}, ${tx.now}, ${level}, ${stage}, ${message}, ${data === undefined ? null : JSON.stringify(data)},
        ${status}, ${runId})`,
  )
  await tx.run(sql`
    INSERT INTO job_logs (job_id, time, level, stage, message, data, status, run_id) VALUES ${join(rows)}`)
  tellEvents(tx, lines)
}

/** What nobody else could tell is signalled: a line that is no event changes nothing that is watched. */
function tellEvents(tx: Tx, lines: LogLine[]) {
  for (const { status, runId } of lines)
    if (status !== undefined) tx.signal('events', status)
    else if (runId !== undefined) tx.signal('events')
}

export const logsOfJob = (db: Queryable, jobId: number, after: number, limit: number) =>
  db.all<StoredLogLine>(sql`
    SELECT id, time, level, stage, message, data FROM job_logs
    WHERE job_id = ${jobId} AND id > ${after}
    ORDER BY id
    LIMIT ${limit}`)
