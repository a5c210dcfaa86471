import sql, { empty, type Sql } from 'sql-template-tag'
import type { Queryable } from '../../db/db.ts'
import { visible } from '../tenancy/actors.sql.ts'
import type { Actor } from '../tenancy/actors.ts'

export interface Scope {
  actor: Actor
  /** Within the actor's own. */
  workspaceId?: number
  organizationId?: number
}

export interface RowConditions {
  sourceCompanyId?: string
  /** Has a run of this algorithm. */
  algorithmId?: string
}

export const within = (scope: Scope): Sql =>
  sql`workspace_id IN (SELECT id FROM workspaces WHERE ${workspaces(scope)})`

const workspaces = ({ actor, workspaceId, organizationId }: Scope): Sql =>
  sql`${visible(actor, 'id')}
    ${workspaceId === undefined ? empty : sql`AND id = ${workspaceId}`}
    ${organizationId === undefined ? empty : sql`AND organization_id = ${organizationId}`}`

export const matching = ({ sourceCompanyId, algorithmId }: RowConditions): Sql =>
  sql`${ofCompany(sourceCompanyId)} ${algorithmId === undefined ? empty : hasRun(algorithmId)}`

const ofCompany = (id: string | undefined) =>
  id === undefined ? empty : sql`AND source_company_id = ${id} AND source_company_id <> ''`

const hasRun = (algorithmId: string) =>
  sql`AND EXISTS (SELECT 1 FROM runs WHERE runs.job_id = jobs.id AND runs.algorithm_id = ${algorithmId})`

/** How many rows would have to be looked at, counted no further than `limit`. */
export async function countRows(
  db: Queryable,
  scope: Scope,
  { sourceCompanyId }: RowConditions,
  span: { fromId: number; toId: number | null },
  limit: number,
): Promise<number> {
  const row = await db.get<{ count: number }>(sql`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM jobs
      WHERE ${within(scope)} AND id >= ${span.fromId} AND id < ${span.toId ?? Number.MAX_SAFE_INTEGER}
        ${ofCompany(sourceCompanyId)}
      LIMIT ${limit}) AS found`)
  return row!.count
}

export interface OrganizationOf {
  workspaceId: number
  uuid: string
  name: string
}

/** The workspaces that the scope sees, each with its organization. */
export const organizationsOf = (db: Queryable, scope: Scope) =>
  db.all<OrganizationOf>(sql`
    SELECT w.id AS "workspaceId", o.uuid, o.name
    FROM workspaces w JOIN organizations o ON o.id = w.organization_id
    WHERE w.id IN (SELECT id FROM workspaces WHERE ${workspaces(scope)})
    ORDER BY o.name, o.id, w.id`)
