import type { Tx } from '../../db/db.ts'
import { changesLimit, foldChanges } from '../jobs/tallies.sql.ts'

export { changedWorkspaces } from '../jobs/tallies.sql.ts'

/** Bounds how long one step keeps the database. */
const CHANGES_PER_STEP = 500

/** Brings a workspace's tallies up to date; resolves to whether there is more to do. */
export async function fold(tx: Tx, workspaceId: number): Promise<boolean> {
  const limit = await changesLimit(tx, workspaceId, CHANGES_PER_STEP)
  await foldChanges(tx, workspaceId, limit ?? Number.MAX_SAFE_INTEGER)
  return limit !== undefined
}
