import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Job } from '../../core/jobs/jobs.sql.ts'
import { statuses } from '../../core/jobs/status.ts'
import { entityUuid } from '../../core/tenancy/tenants.ts'
import { ErrorOf, errorOf, Id, iso, isoOrNull, secondsOrNull, Time, Uuid } from './present.ts'

export const JobShape = z
  .object({
    job_id: Id,
    uuid: Uuid,
    call_id: Id,
    workspace_id: Uuid,
    status: z.enum(statuses),
    stage_detail: z.string().nullable(),
    parent_job_id: Id.nullable().meta({ description: 'The job whose transcript an on-demand job works on' }),
    source_call_id: z.string().nullable(),
    source_company_id: z.string().nullable(),
    source: z.enum(['transcript', 'audio_url', 'audio_file', 'on_demand']),
    algorithm_ids: z
      .array(z.string())
      .nullable()
      .meta({ description: "The algorithms asked for; null stands for the workspace's own" }),
    analytics_only: z.boolean(),
    call_started_at: z.iso.datetime().nullable(),
    duration_seconds: z.number().nullable(),
    language: z.string().nullable(),
    skip_reason: z.string().nullable(),
    error: ErrorOf.nullable(),
    deliveries: z.object({ pending: z.int(), delivered: z.int(), failed: z.int() }),
    created_at: Time,
    started_at: Time.nullable().meta({ description: 'When processing began' }),
    completed_at: Time.nullable(),
    updated_at: Time,
  })
  .meta({
    id: 'Job',
    description: 'One processing of one call',
    example: {
      job_id: 8835,
      uuid: '019c2f61-8d1e-7c55-9f0a-6f7a1e2b3c4d',
      call_id: 8801,
      workspace_id: '019c2f60-1111-7000-8000-0123456789ab',
      status: 'completed',
      stage_detail: null,
      parent_job_id: null,
      source_call_id: 'call-4711',
      source_company_id: null,
      source: 'transcript',
      algorithm_ids: null,
      analytics_only: false,
      call_started_at: '2026-03-04T15:30:00.000Z',
      duration_seconds: 184.2,
      language: 'en',
      skip_reason: null,
      error: null,
      deliveries: { pending: 0, delivered: 3, failed: 0 },
      created_at: '2026-03-04T15:35:00.120Z',
      started_at: '2026-03-04T15:35:00.124Z',
      completed_at: '2026-03-04T15:35:00.190Z',
      updated_at: '2026-03-04T15:35:00.310Z',
    },
  })

export async function presentJob({ db }: App, job: Job): Promise<z.input<typeof JobShape>> {
  return {
    job_id: job.id,
    uuid: job.uuid,
    call_id: job.callId,
    workspace_id: await entityUuid(db, { type: 'workspace', id: job.workspaceId }),
    status: job.status,
    stage_detail: job.stageDetail,
    parent_job_id: job.parentJobId,
    source_call_id: job.sourceCallId,
    source_company_id: job.sourceCompanyId || null,
    source: job.source,
    algorithm_ids: job.algorithmIds === null ? null : (JSON.parse(job.algorithmIds) as string[]),
    analytics_only: job.analyticsOnly === 1,
    call_started_at: job.callStartedAt === null ? null : iso(Date.parse(job.callStartedAt)),
    duration_seconds: secondsOrNull(job.durationMs),
    language: job.language,
    skip_reason: job.skipReason,
    error: errorOf(job.errorCode, job.errorMessage),
    deliveries: {
      pending: job.deliveriesPending,
      delivered: job.deliveriesDelivered,
      failed: job.deliveriesFailed,
    },
    created_at: iso(job.createdAt),
    started_at: isoOrNull(job.startedAt),
    completed_at: isoOrNull(job.completedAt),
    updated_at: iso(job.updatedAt),
  }
}
