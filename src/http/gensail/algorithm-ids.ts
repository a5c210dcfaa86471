import { z } from 'zod'

const MAX_SENT = 100
const MAX_ALGORITHMS = 10

/** One to ten after removing duplicates, in the order of their first mention. */
export const algorithmIds = z
  .array(z.string().min(1, 'Must not be empty').max(100))
  .max(MAX_SENT)
  .transform((ids) => [...new Set(ids)])
  .refine((ids) => ids.length > 0, 'Name at least one algorithm')
  .refine((ids) => ids.length <= MAX_ALGORITHMS, `Name at most ${MAX_ALGORITHMS} algorithms`)
  .meta({ example: ['sentiment_v1', 'summary_v1'] })
