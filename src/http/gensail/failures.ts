import { z } from 'zod'
import type { Failure } from '../failures.ts'
import type { Statuses } from '../responses.ts'

export const FailureShape = z
  .object({
    detail: z.string(),
    request_id: z.string().meta({ description: 'Also the header `x-request-id`' }),
  })
  .meta({ id: 'Error', description: 'Why the request was refused' })

export const InvalidShape = FailureShape.extend({
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
}).meta({ id: 'ValidationError', description: 'Which fields are wrong and why; values are never repeated' })

export const envelope = ({ message, errors, requestId }: Failure) => ({
  detail: message,
  ...(errors && { errors }),
  request_id: requestId,
})

/** The document's fixed texts come with 400, where other refusals of a body are 422. */
export const statuses: Statuses = {
  unavailable: 400,
  still_running: 400,
  no_transcript: 400,
  unsatisfiable: 416,
}
