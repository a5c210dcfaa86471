import { z } from 'zod'
import type { App } from '../../app.ts'
import { listChanges, type StoredChange } from '../../core/config/changes.sql.ts'
import type { Difference } from '../../core/config/changes.ts'
import { maskSecrets } from '../../core/config/secrets.ts'
import { type Actor, scopes } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { entityOf, entityParams } from './entities.ts'
import { cursor, cursors, limit } from './pages.ts'
import { iso, NextCursor, Time, Uuid } from './present.ts'

const LIST_LIMIT = 50

const ChangeShape = z.object({
  revision: z.int(),
  at: Time,
  actor: z.object({ token_id: Uuid.nullable(), name: z.string().nullable(), scope: z.enum(scopes) }),
  diff: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })).meta({
    description: 'Secrets are masked; null is for what was or is not set',
    example: [{ path: 'processing.language', before: 'en', after: 'de' }],
  }),
})

const HistoryShape = z
  .object({ changes: z.array(ChangeShape), next_cursor: NextCursor })
  .meta({ id: 'ConfigHistory', description: 'Who changed what, newest first' })

export const configHistoryRoutes = (app: App) =>
  routes<Actor>('Configuration').get(
    '/config/:entity_type/:entity_id/history',
    {
      summary: 'Read how a level was changed',
      params: entityParams,
      query: z.object({ limit: limit(LIST_LIMIT), cursor }),
      answers: { 200: HistoryShape },
    },
    async ({ actor, params, query }) => {
      const entity = await entityOf(app, actor, params)
      const { limit, cursor } = query()
      const position = cursors(app, `history ${entity.type} ${entity.id}`, actor)
      const found = await listChanges(app.db, entity, limit + 1, position.read(cursor))
      const shown = found.slice(0, limit)
      const next_cursor = position.write(found.length > limit ? shown.at(-1)!.id : null)
      return { changes: shown.map((change) => present(app, change)), next_cursor }
    },
  )

const present = ({ sealer }: App, change: StoredChange) => ({
  revision: change.revision,
  at: iso(change.at),
  actor: { token_id: change.tokenId, name: change.actorName, scope: change.actorScope },
  diff: maskSecrets(sealer, JSON.parse(change.diff) as Difference[]),
})
