import { join } from 'node:path'
import type { App } from '../../app.ts'
import { getRecording, type Recording } from '../../core/calls/recordings.sql.ts'
import type { Job } from '../../core/jobs/jobs.sql.ts'
import { requireJob } from '../../core/jobs/jobs.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { notFound, Refusal } from '../../lib/refusal.ts'
import type { HeaderList } from '../responses.ts'
import { routes } from '../routes.ts'
import { jobParams } from './jobs.ts'

/** Only what was recognised by its content gets a type of its own. */
const TYPES: Record<string, { type: string; extension: string }> = {
  wav: { type: 'audio/wav', extension: 'wav' },
  mp3: { type: 'audio/mpeg', extension: 'mp3' },
  ogg: { type: 'audio/ogg', extension: 'ogg' },
  flac: { type: 'audio/flac', extension: 'flac' },
  mp4: { type: 'audio/mp4', extension: 'm4a' },
  webm: { type: 'audio/webm', extension: 'webm' },
}
const UNKNOWN = { type: 'application/octet-stream', extension: 'bin' }

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

export const recordingRoutes = (app: App) =>
  routes<Actor>('Jobs').get(
    '/jobs/:job_id/recording',
    {
      summary: "Download a job's recording",
      params: jobParams,
      headers: { range: 'One range of bytes, as in `bytes=0-1023`' },
      answers: {
        200: { description: 'The recording', type: 'application/octet-stream' },
        206: { description: 'The part asked for', type: 'application/octet-stream' },
      },
      refusals: [416],
    },
    async ({ actor, params, request, headers }) => {
      const job = await requireJob(app.db, actor, params.job_id)
      const recording = job.recordingId === null ? undefined : await getRecording(app.db, job.recordingId)
      const file = recording?.file && Bun.file(join(app.folders.recordings, recording.file))
      if (!file || !(await file.exists())) throw notFound('Recording')
      return download(request, file, describe(job, recording), headers)
    },
  )

function describe(job: Job, { id, format }: Recording): HeaderList {
  const { type, extension } = TYPES[format ?? ''] ?? UNKNOWN
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="job-${job.id}.${extension}"`,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag: `"recording-${id}"`,
  }
}

/** Streamed from disk, never held in memory. */
function download(request: Request, file: Bun.BunFile, headers: HeaderList, onRefusal: HeaderList): Response {
  const { size } = file
  const span = isRangeWanted(request, headers.etag!)
    ? readRange(request.headers.get('range')!, size)
    : undefined
  if (span === 'unsatisfiable') {
    onRefusal['content-range'] = `bytes */${size}`
    throw new Refusal('invalid', 'The recording does not reach that far', { reason: 'unsatisfiable' })
  }
  const { from, to } = span ?? { from: 0, to: size - 1 }
  return new Response(file.slice(from, to + 1), {
    status: span ? 206 : 200,
    headers: {
      ...headers,
      'content-length': String(to - from + 1),
      ...(span && { 'content-range': `bytes ${from}-${to}/${size}` }),
    },
  })
}

function isRangeWanted({ headers }: Request, etag: string): boolean {
  const condition = headers.get('if-range')
  return headers.has('range') && (condition === null || condition === etag)
}

/** Undefined for what is no single range of bytes: then the whole is the answer. */
function readRange(header: string, size: number): { from: number; to: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = RANGE.exec(header) ?? []
  if (first === '' && last === '') return undefined
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  return from >= size || to < from ? 'unsatisfiable' : { from, to }
}
