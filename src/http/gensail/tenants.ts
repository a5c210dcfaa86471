import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor, EntityType } from '../../core/tenancy/actors.ts'
import { getTenant, listTenants, type Tenant } from '../../core/tenancy/tenant-changes.sql.ts'
import { changeTenant, createTenant } from '../../core/tenancy/tenant-changes.ts'
import { entityUuid, requireEntity } from '../../core/tenancy/tenants.ts'
import { isUuid } from '../../lib/ids.ts'
import { routes } from '../routes.ts'
import { cursor, cursors, limit } from './pages.ts'
import { iso, NextCursor, Time, Uuid } from './present.ts'

const LIST_LIMIT = 50

const TenantShape = z.object({
  id: Uuid,
  slug: z.string(),
  name: z.string(),
  partner_id: Uuid.optional().meta({ description: 'Of organizations and workspaces' }),
  organization_id: Uuid.optional().meta({ description: 'Of workspaces' }),
  enabled: z.boolean().meta({
    description: 'What is disabled takes no calls and no tokens, and neither does what lies below it',
  }),
  created_at: Time,
})

const name = z.string().trim().min(1, 'Must not be empty').max(200)
const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Expected a-z, 0-9 and dashes between them, at most 63')
  .refine((text) => !isUuid(text), 'Must not have the form of a UUID')
const tenantId = z.string().min(1).max(100)
const flag = z.enum(['true', 'false'])

const ChangeBody = z
  .object({ name: name.optional(), slug: slug.optional(), enabled: z.boolean().optional() })
  .meta({ id: 'TenantChange', example: { name: 'Harbor Lane Dental', enabled: true } })

/** What differs between the three. */
interface Kind {
  type: EntityType
  tag: string
  path: string
  parent: 'partner_id' | 'organization_id' | undefined
  /** Of the list's query, besides `enabled`. */
  filters: ('partner_id' | 'organization_id')[]
}

const kinds: Kind[] = [
  { type: 'partner', tag: 'partners', path: '/partners', parent: undefined, filters: [] },
  {
    type: 'organization',
    tag: 'organizations',
    path: '/organizations',
    parent: 'partner_id',
    filters: ['partner_id'],
  },
  {
    type: 'workspace',
    tag: 'workspaces',
    path: '/workspaces',
    parent: 'organization_id',
    filters: ['partner_id', 'organization_id'],
  },
]

const filterTypes = { partner_id: 'partner', organization_id: 'organization' } as const

export const tenantRoutes = (app: App) => ({
  ...routes<Actor>('Tenants'),
  list: kinds.flatMap((kind) => routesOf(app, kind).list),
})

function routesOf(app: App, kind: Kind) {
  const { type, path, tag, parent } = kind
  const Shape = TenantShape.meta({ id: capitalised(type), description: `One of the ${tag}` })
  const params = { tenant_id: `UUID or slug of the ${type}` }
  const body = z
    .object({
      name,
      slug: slug.optional(),
      enabled: z.boolean().default(true),
      ...(parent && { [parent]: tenantId.optional().meta({ description: 'Default the own one' }) }),
    })
    .meta({ id: `New${capitalised(type)}`, example: { name: 'Harbor Lane Dental' } })

  return routes<Actor>('Tenants', path)
    .get(
      '',
      {
        summary: `List ${tag}`,
        description: "The token's own and those below it, newest first.",
        query: z.object({
          enabled: flag.optional(),
          ...Object.fromEntries(kind.filters.map((filter) => [filter, tenantId.optional()])),
          limit: limit(LIST_LIMIT),
          cursor,
        }),
        answers: { 200: z.object({ [tag]: z.array(Shape), next_cursor: NextCursor }) },
        refusals: kind.filters.length > 0 ? [404] : [],
      },
      async ({ actor, query }) => {
        const { limit, cursor, enabled, ...named } = query() as ListQuery
        const position = cursors(app, tag, actor, { enabled, ...named })
        const before = position.read(cursor)
        const filter = {
          enabled: enabled === undefined ? undefined : enabled === 'true',
          partnerId: await idOf(app, actor, 'partner_id', named.partner_id),
          organizationId: await idOf(app, actor, 'organization_id', named.organization_id),
        }
        const found = await listTenants(app.db, actor, type, filter, limit + 1, before)
        const shown = found.slice(0, limit)
        return {
          [tag]: await Promise.all(shown.map((tenant) => present(app, tenant))),
          next_cursor: position.write(found.length > limit ? shown.at(-1)!.id : null),
        }
      },
    )
    .post(
      '',
      {
        summary: `Create a ${type}`.replace('a o', 'an o'),
        description: 'A token creates what lies below itself. The slug is made from the name when absent.',
        body,
        answers: { 201: Shape },
        refusals: parent ? [404, 409] : [409],
      },
      async ({ actor, body }) => {
        const { name, slug, enabled, ...named } = (await body()) as NewBody
        const wanted = { type, name, slug, parent: parent && named[parent] }
        const tenant = await app.db.tx(async (tx) => {
          const created = await createTenant(tx, actor, wanted)
          return enabled ? created : changeTenant(tx, actor, { type, id: created.id }, { enabled })
        })
        return present(app, tenant)
      },
    )
    .get(
      '/:tenant_id',
      { summary: `Read one of the ${tag}`, params, answers: { 200: Shape } },
      async ({ actor, params }) => {
        const entity = await requireEntity(app.db, actor, type, params.tenant_id)
        return present(app, (await getTenant(app.db, entity))!)
      },
    )
    .patch(
      '/:tenant_id',
      {
        summary: `Rename, disable or enable one of the ${tag}`,
        description:
          'The name may be changed by its own token too; slug and `enabled` by those from above only. Disabled, it ' +
          'takes no calls and its tokens are refused with 403; those above go on reading its results.',
        params,
        body: ChangeBody,
        answers: { 200: Shape },
        refusals: [409],
      },
      async ({ actor, params, body }) => {
        const entity = await requireEntity(app.db, actor, type, params.tenant_id)
        const change = await body()
        return present(app, await app.db.tx((tx) => changeTenant(tx, actor, entity, change)))
      },
    )
}

interface NewBody {
  name: string
  slug?: string
  enabled: boolean
  partner_id?: string
  organization_id?: string
}

interface ListQuery {
  limit: number
  cursor?: string
  enabled?: 'true' | 'false'
  partner_id?: string
  organization_id?: string
}

async function idOf(app: App, actor: Actor, filter: keyof typeof filterTypes, named: string | undefined) {
  return named === undefined ? undefined : (await requireEntity(app.db, actor, filterTypes[filter], named)).id
}

async function present({ db }: App, tenant: Tenant): Promise<z.input<typeof TenantShape>> {
  const { partnerId, organizationId } = tenant
  return {
    id: tenant.uuid,
    slug: tenant.slug,
    name: tenant.name,
    ...(partnerId !== null && { partner_id: await entityUuid(db, { type: 'partner', id: partnerId }) }),
    ...(organizationId !== null && {
      organization_id: await entityUuid(db, { type: 'organization', id: organizationId }),
    }),
    enabled: tenant.enabled === 1,
    created_at: iso(tenant.createdAt),
  }
}

const capitalised = (text: string) => text[0]!.toUpperCase() + text.slice(1)
