import { z } from 'zod'
import type { App } from '../../app.ts'
import type { KnownAlgorithm } from '../../core/algorithms/availability.ts'
import { maskSecrets } from '../../core/algorithms/secrets.ts'
import { type Change, listChanges } from '../../core/algorithms/variable-changes.ts'
import type { Level } from '../../core/algorithms/variables.sql.ts'
import { layerVariables } from '../../core/algorithms/variables.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { algorithmOf, algorithmParams as params } from './algorithms.ts'
import { expectedRevision, revisionTag } from './etags.ts'
import { LevelQuery, levelFor } from './levels.ts'
import { cursor, cursors, limit } from './pages.ts'
import { iso, NextCursor, Time } from './present.ts'
import { CHECK_SECONDS, changeVariables } from './variable-writes.ts'

const HISTORY_LIMIT = 50

const Provenance = z.enum(['default', 'platform', 'partner', 'organization', 'workspace'])

const VariablesShape = z
  .object({
    algorithm_id: z.string(),
    revision: z.int(),
    variables: z.record(z.string(), z.unknown()).meta({ description: 'Secrets are masked' }),
    schema: z.record(z.string(), z.unknown()),
    provenance: z.record(z.string(), Provenance).meta({ description: 'The level that sets each variable' }),
  })
  .meta({ id: 'Variables', description: 'What counts at this level, inherited values included' })

const VariablesBody = z
  .strictObject({ variables: z.record(z.string(), z.unknown()) })
  .meta({ id: 'VariablesChange', example: { variables: { competitors: [{ name: 'Acme', aliases: [] }] } } })

const HistoryShape = z
  .object({
    changes: z.array(
      z.object({
        revision: z.int().meta({ description: 'As runs name it' }),
        level: Provenance.exclude(['default']),
        changed_at: Time,
        changed_by: z.string().nullable().meta({ description: "The token's name; null for a level above" }),
        diff: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
      }),
    ),
    next_cursor: NextCursor,
  })
  .meta({ id: 'VariablesHistory', description: 'The changes that reached this level, newest first' })

export const variableRoutes = (app: App) =>
  routes<Actor>('Algorithms', '/algorithms')
    .get(
      '/:algorithm_id/variables',
      {
        summary: "Read an algorithm's variables",
        params,
        query: LevelQuery,
        answers: { 200: VariablesShape },
      },
      async ({ actor, params, query, headers }) => {
        const algorithm = await algorithmOf(app, actor, params)
        const level = await levelFor(app, actor, algorithm, query().workspace_id)
        const shown = await presentVariables(app, algorithm, level)
        headers.etag = revisionTag(shown.revision)
        return shown
      },
    )
    .patch(
      '/:algorithm_id/variables',
      {
        summary: "Change an algorithm's variables",
        description:
          'Merges (RFC 7396): objects merge, null removes what this level sets. A masked secret that comes back stays as it is.',
        params,
        query: LevelQuery,
        headers: { 'if-match': 'The `etag` that was read; 412 when it is no longer that' },
        body: VariablesBody,
        answers: { 200: VariablesShape },
        refusals: [412],
      },
      async ({ actor, params, query, body, request, headers, arrival }) => {
        const algorithm = await algorithmOf(app, actor, params)
        const level = await levelFor(app, actor, algorithm, query().workspace_id)
        const { variables } = await body()
        arrival.allowSilence(CHECK_SECONDS)
        await changeVariables(app, actor, level, algorithm, variables, expectedRevision(request))
        const shown = await presentVariables(app, algorithm, level)
        headers.etag = revisionTag(shown.revision)
        return shown
      },
    )
    .get(
      '/:algorithm_id/variables/history',
      {
        summary: "Read what changed in an algorithm's variables",
        description: 'Who changed what and when, with secrets masked.',
        params,
        query: LevelQuery.extend({ limit: limit(HISTORY_LIMIT), cursor }),
        answers: { 200: HistoryShape },
      },
      async ({ actor, params, query }) => {
        const algorithm = await algorithmOf(app, actor, params)
        const { workspace_id, limit, cursor } = query()
        const level = await levelFor(app, actor, algorithm, workspace_id)
        const position = cursors(app, `variables ${algorithm.id}`, actor, { workspace_id })
        const before = position.read(cursor)
        const { changes, nextBefore } = await listChanges(app.db, level, algorithm.id, limit, before)
        return { changes: changes.map(presentChange), next_cursor: position.write(nextBefore) }
      },
    )

async function presentVariables(app: App, { id, variablesSchema, defaults }: KnownAlgorithm, level: Level) {
  const { variables, revision, provenance } = await layerVariables(app.db, app.sealer, level, id, defaults)
  return {
    algorithm_id: id,
    revision,
    variables: maskSecrets(variablesSchema, variables),
    schema: variablesSchema,
    provenance,
  }
}

const presentChange = ({ revision, level, changedAt, changedBy, diff }: Change) => ({
  revision,
  level,
  changed_at: iso(changedAt),
  changed_by: changedBy,
  diff,
})
