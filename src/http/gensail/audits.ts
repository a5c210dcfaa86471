import { z } from 'zod'
import type { App } from '../../app.ts'
import { type Actor, scopes } from '../../core/tenancy/actors.ts'
import { type AuditEntry, listAudit } from '../../core/tenancy/audit.sql.ts'
import { auditedActions } from '../../core/tenancy/audit.ts'
import { Refusal } from '../../lib/refusal.ts'
import { routes } from '../routes.ts'
import { cursor, cursors, limit } from './pages.ts'
import { Id, iso, NextCursor, Time, Uuid } from './present.ts'
import { moment, momentOf } from './times.ts'

const LIST_LIMIT = 50

const EntryShape = z.object({
  audit_id: Id,
  at: Time,
  actor: z.object({
    token_id: Uuid.nullable().meta({ description: "null for the operator's own token and the command line" }),
    name: z.string().nullable(),
    scope: z.enum(scopes),
  }),
  address: z.string().nullable().meta({ description: 'Where the request came from' }),
  action: z.string(),
  object: z.object({ type: z.string(), id: z.string() }),
  details: z.record(z.string(), z.unknown()).nullable(),
})

const AuditShape = z
  .object({ audit: z.array(EntryShape), next_cursor: NextCursor })
  .meta({ id: 'AuditLog', description: 'Who did what, newest first' })

const AuditQuery = z.object({
  action: z.enum(auditedActions).optional(),
  token_id: z.uuid().optional().meta({ description: 'Who did it' }),
  object_type: z.string().min(1).max(50).optional(),
  object_id: z.string().min(1).max(100).optional(),
  since: moment('At or after this time'),
  until: moment('Before this time'),
  limit: limit(LIST_LIMIT),
  cursor,
})

export const auditRoutes = (app: App) =>
  routes<Actor>('Audit').get(
    '/audit',
    {
      summary: 'Read the audit log',
      description: 'For platform tokens. Nothing in it is ever changed or deleted.',
      query: AuditQuery,
      answers: { 200: AuditShape },
    },
    async ({ actor, query }) => {
      if (actor.scope !== 'platform') throw new Refusal('forbidden', 'The audit log is for platform tokens')
      const { limit, cursor, ...filter } = query()
      const position = cursors(app, 'audit', actor, filter)
      const now = app.clock()
      const conditions = {
        action: filter.action,
        tokenId: filter.token_id?.toLowerCase(),
        objectType: filter.object_type,
        objectId: filter.object_id,
        since: momentOf(filter.since, now),
        until: momentOf(filter.until, now),
      }
      const found = await listAudit(app.db, conditions, limit + 1, position.read(cursor))
      const shown = found.slice(0, limit)
      const next_cursor = position.write(found.length > limit ? shown.at(-1)!.id : null)
      return { audit: shown.map(present), next_cursor }
    },
  )

const present = (entry: AuditEntry) => ({
  audit_id: entry.id,
  at: iso(entry.at),
  actor: { token_id: entry.tokenId, name: entry.actorName, scope: entry.actorScope },
  address: entry.address,
  action: entry.action,
  object: { type: entry.objectType, id: entry.objectId },
  details: entry.details === null ? null : (JSON.parse(entry.details) as Record<string, unknown>),
})
