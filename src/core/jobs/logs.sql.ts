import sql, { join } from 'sql-template-tag'
import type { Queryable, Tx } from '../../db/db.ts'

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  stage: string
  message: string
  data?: Record<string, unknown>
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
    ({ level, stage, message, data }) =>
      sql`(${jobId}, ${tx.now}, ${level}, ${stage}, ${message}, ${data === undefined ? null : JSON.stringify(data)})`,
  )
  await tx.run(sql`INSERT INTO job_logs (job_id, time, level, stage, message, data) VALUES ${join(rows)}`)
}

export const logsOfJob = (db: Queryable, jobId: number, after: number, limit: number) =>
  db.all<StoredLogLine>(sql`
    SELECT id, time, level, stage, message, data FROM job_logs
    WHERE job_id = ${jobId} AND id > ${after}
    ORDER BY id
    LIMIT ${limit}`)
