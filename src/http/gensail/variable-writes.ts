import { isDeepStrictEqual } from 'node:util'
import type { App } from '../../app.ts'
import type { KnownAlgorithm } from '../../core/algorithms/availability.ts'
import { hasSecrets, unmaskSecrets } from '../../core/algorithms/secrets.ts'
import type { Level } from '../../core/algorithms/variables.sql.ts'
import { type LayeredVariables, layerVariables, patchVariables } from '../../core/algorithms/variables.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { Refusal } from '../../lib/refusal.ts'
import { invalidFields } from '../validation.ts'

type Json = Record<string, unknown>

/** How often a change is tried anew when another one came between its check and its commit. */
const MAX_TRIES = 5
/** A plugin may take its time to look at its variables, or to start first. */
export const CHECK_SECONDS = 60

/** Checked outside the transaction, since the plugin is asked; the commit makes sure that nothing changed meanwhile. */
export async function changeVariables(
  app: App,
  actor: Actor,
  level: Level,
  algorithm: KnownAlgorithm,
  given: Json,
  wanted: number | undefined,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const before = await layerVariables(app.db, app.sealer, level, algorithm.id, {})
    const patch = openPatch(algorithm, given, before)
    const next = await layerVariables(app.db, app.sealer, level, algorithm.id, {}, patch)
    await requireValid(app, algorithm, next.variables)
    const expected = wanted ?? next.revision
    try {
      return await app.db.tx((tx) =>
        patchVariables(tx, app.sealer, actor, { level, algorithm, patch, expected }),
      )
    } catch (error) {
      const isStale = error instanceof Refusal && error.details.reason === 'stale'
      if (!isStale || wanted !== undefined || tries === MAX_TRIES) throw error
    }
  }
}

/** Masks stand for the secrets that are set. What is only inherited and came back as it was stays inherited. */
function openPatch({ variablesSchema }: KnownAlgorithm, given: Json, before: LayeredVariables): Json {
  const patch = unmaskSecrets(variablesSchema, given, [before.own, before.variables])
  const returned = Object.keys(patch).filter(
    (name) =>
      !Object.hasOwn(before.own, name) &&
      hasSecrets(variablesSchema, { [name]: patch[name] }) &&
      isDeepStrictEqual(patch[name], before.variables[name]),
  )
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !returned.includes(name)))
}

/** By the algorithm itself, refinements included. */
export async function requireValid(app: App, { baseId }: KnownAlgorithm, variables: Json): Promise<void> {
  const { valid, problems } = await app.plugins.validateVariables(baseId, variables)
  if (valid) return
  throw invalidFields(
    problems.map(({ field, message }) => ({ field: field ? `variables.${field}` : 'variables', message })),
  )
}
