import { z } from 'zod'
import type { App } from '../../app.ts'
import { statuses } from '../../core/jobs/status.ts'
import type { DayPeriod, Period } from '../../core/stats/reports.ts'
import type { Selection } from '../../core/stats/spans.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { findOrganization } from '../../core/tenancy/tenants.sql.ts'
import { mayUseEntity } from '../../core/tenancy/tenants.ts'
import { DAY } from '../../lib/clock.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import { dayAt, isTimeZone, startOfDay } from '../../lib/zones.ts'
import { workspaceIdOf } from './jobs.ts'
import { moment, momentOf } from './times.ts'

const DAYS_SHOWN = 30
const MOST_DAYS = 1100

const queryFields = z.object({
  since: moment('Jobs created at or after this time; without an offset it is a time of `time_zone`'),
  until: moment('Jobs created before this time'),
  time_zone: z
    .string()
    .transform((zone) => zone.replace(/^ (?=\d)/, '+'))
    .refine(isTimeZone, 'Expected an IANA time zone such as America/New_York, or an offset such as +05:45')
    .default('UTC')
    .meta({ description: 'Whose days are meant', example: 'America/New_York' }),
  workspace_id: z.string().min(1).max(100).optional().meta({ description: 'UUID or slug' }),
  organization_id: z.string().min(1).max(100).optional().meta({ description: 'UUID or slug' }),
  status: z.enum(statuses).optional(),
  source_company_id: z.string().min(1).max(200).optional(),
  algorithm_id: z.string().min(1).max(100).optional().meta({ description: 'Has a run of this algorithm' }),
})

export const StatsQuery = queryFields.meta({ description: 'Without `since` and `until`: all jobs there are' })
export const StatsDaysQuery = queryFields.meta({
  description: `Without \`since\`: ${DAYS_SHOWN} days, the day of \`until\` the last of them`,
})

type Query = z.output<typeof queryFields>

export async function readStats(
  app: App,
  actor: Actor,
  query: Query,
): Promise<{ selection: Selection; period: Period }> {
  const selection = await readSelection(app, actor, query)
  const period = {
    since: momentOf(query.since, app.clock(), query.time_zone),
    until: momentOf(query.until, app.clock(), query.time_zone),
  }
  if (period.since !== undefined && period.until !== undefined) requireOrder(period.since, period.until)
  return { selection, period }
}

/** Today belongs to it as a whole, so that what was created this very moment is counted. */
export async function readDays(
  app: App,
  actor: Actor,
  query: Query,
): Promise<{ selection: Selection; period: DayPeriod }> {
  const { selection, period } = await readStats(app, actor, query)
  const zone = query.time_zone
  const until = period.until ?? startOfDay(zone, dayAt(zone, app.clock()) + 1)
  const since = period.since ?? startOfDay(zone, dayAt(zone, until - 1) - DAYS_SHOWN + 1)
  if ((until - since) / DAY > MOST_DAYS) throw refused('since', `Expected at most ${MOST_DAYS} days`)
  return { selection, period: { since, until, zone } }
}

async function readSelection(app: App, actor: Actor, query: Query): Promise<Selection> {
  return {
    actor,
    workspaceId: await workspaceIdOf(app, actor, query.workspace_id),
    organizationId: await organizationIdOf(app, actor, query.organization_id),
    status: query.status,
    sourceCompanyId: query.source_company_id,
    algorithmId: query.algorithm_id,
  }
}

/** A workspace token may name the organization that it is in; it still sees its workspace alone. */
async function organizationIdOf(app: App, actor: Actor, named: string | undefined) {
  if (named === undefined) return undefined
  const organization = await findOrganization(app.db, named)
  if (!organization) throw notFound('Organization')
  const { id } = organization
  if (actor.organizationId === id || (await mayUseEntity(app.db, actor, { type: 'organization', id })))
    return id
  throw new Refusal('forbidden', 'This token has no access to that organization')
}

function requireOrder(since: number, until: number) {
  if (since > until) throw refused('until', 'Expected a time after since')
}

const refused = (field: string, message: string) =>
  new Refusal('invalid', `${field}: ${message}`, { errors: [{ field, message }] })
