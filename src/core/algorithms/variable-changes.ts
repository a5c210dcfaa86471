import type { Queryable } from '../../db/db.ts'
import type { FieldChange } from './variable-diffs.ts'
import { changesAt, countChangesSince, findVariables, type Level } from './variables.sql.ts'
import { levelsFrom } from './variables.ts'

export interface Change {
  id: number
  level: Level['type']
  /** What `revision` was from then on. */
  revision: number
  diff: FieldChange[]
  changedAt: number
  /** Name of the token; null where it has none, or belongs to a level above. */
  changedBy: string | null
}

/** The changes that reached a level, its own and those above it, newest first. */
export async function listChanges(
  db: Queryable,
  level: Level,
  algorithmId: string,
  limit: number,
  before: number | null,
): Promise<{ changes: Change[]; nextBefore: number | null }> {
  const levels = await levelsFrom(db, level)
  const rows = await changesAt(db, levels, algorithmId, limit + 1, before)
  const page = rows.slice(0, limit)
  if (page.length === 0) return { changes: [], nextBefore: null }
  const newer = (await countChangesSince(db, levels, algorithmId, page[0]!.id)) - 1
  const newest = (await revisionAt(db, levels, algorithmId)) - newer
  const changes = page.map((row, at) => ({
    id: row.id,
    level: row.entityType,
    revision: newest - at,
    diff: JSON.parse(row.diff) as FieldChange[],
    changedAt: row.changedAt,
    changedBy: row.entityType === level.type ? row.changedBy : null,
  }))
  return { changes, nextBefore: rows.length > limit ? page.at(-1)!.id : null }
}

async function revisionAt(db: Queryable, levels: Level[], algorithmId: string): Promise<number> {
  let revision = 0
  for (const level of levels) revision += (await findVariables(db, level, algorithmId))?.revision ?? 0
  return revision
}
