import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'

const MAX_LIMIT = 100

export const limit = (usual: number) =>
  z.coerce
    .number('Expected a number')
    .int('Expected a whole number')
    .min(1, `Expected 1 to ${MAX_LIMIT}`)
    .max(MAX_LIMIT, `Expected 1 to ${MAX_LIMIT}`)
    .default(usual)

export const cursor = z
  .string()
  .max(2000)
  .optional()
  .meta({ description: '`next_cursor` of the page before' })

/** Cursors are good for one list with one filter, asked by the same tenant. */
export function cursors(app: App, list: string, { scope, ...actor }: Actor, filter: object = {}) {
  const tenant = actor.workspaceId ?? actor.organizationId ?? actor.partnerId
  const key = JSON.stringify([list, scope, tenant, filter])
  return {
    read: (text: string | undefined) =>
      text === undefined ? null : app.cursors.decode<{ id: number }>(text, key).id,
    write: (id: number | null) => (id === null ? null : app.cursors.encode({ id }, key)),
  }
}

/** One page of what is small enough to be read at once; `after` is the id that the page before ended with. */
export function pageOf<Item extends { id: number }>(items: Item[], size: number, after: number | null) {
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1
  const page = items.slice(start, start + size)
  return { page, nextAfter: start + size < items.length ? page.at(-1)!.id : null }
}
