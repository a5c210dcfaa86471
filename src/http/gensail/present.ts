import { z } from 'zod'

/** Times go out as ISO 8601 UTC. */
export const iso = (ms: number) => new Date(ms).toISOString()
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))

export const secondsOrNull = (ms: number | null) => (ms === null ? null : ms / 1000)

export const Time = z.iso.datetime().meta({ example: '2026-03-04T15:30:00.000Z' })
export const Uuid = z.uuid()
export const Id = z.int().positive()
export const NextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Give it as `cursor` for the next page; null on the last one' })

export const ErrorOf = z
  .object({ code: z.string(), message: z.string() })
  .meta({ id: 'FailureOfWork', example: { code: 'no_transcriber', message: 'No transcriber is configured' } })

export const errorOf = (code: string | null, message: string | null) =>
  code === null ? null : { code, message: message ?? '' }
