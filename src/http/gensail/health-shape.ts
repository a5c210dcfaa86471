import { z } from 'zod'
import { Time } from './present.ts'

export const levels = ['healthy', 'degraded', 'unhealthy'] as const
export type Level = (typeof levels)[number]

const Check = <Figures extends z.ZodRawShape>(figures: Figures) =>
  z.object({ status: z.enum(levels) }).extend(figures)

const forPlatform = { description: 'For platform tokens' }

export const HealthShape = z
  .object({
    status: z.enum(levels).meta({ description: 'The worst of the checks' }),
    version: z.string(),
    uptime_seconds: z.int(),
    checks: z.object({
      database: Check({
        latency_ms: z.number().meta({ description: 'Of a read' }),
        wal_mb: z.int().optional().meta(forPlatform),
      }),
      queue: Check({
        tasks: z
          .array(
            z.object({
              kind: z.string(),
              ready: z.int(),
              waiting: z.int().meta({ description: 'For their time to come, as retries do' }),
              running: z.int(),
              oldest_at: Time.nullable().meta({ description: 'Since when the first has been ready' }),
              oldest_seconds: z.int().nullable(),
            }),
          )
          .optional()
          .meta(forPlatform),
      }),
      disk: Check({
        free_mb: z.int().optional().meta(forPlatform),
        total_mb: z.int().optional().meta(forPlatform),
      }),
      memory: Check({
        resident_mb: z.int(),
        plugin_hosts_mb: z.int(),
        limit_mb: z.int().optional().meta(forPlatform),
      }),
      plugins: Check({
        loaded: z.int(),
        failed: z.int(),
        hosts: z.int(),
        busy: z.int(),
        restarts: z.int(),
        errors: z
          .array(z.object({ id: z.string(), message: z.string() }))
          .optional()
          .meta(forPlatform),
      }),
    }),
  })
  .meta({ id: 'Health', description: 'How the appliance is doing, part by part' })

export type Health = z.input<typeof HealthShape>
export type Checks = Health['checks']
