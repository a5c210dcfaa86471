import { defineAlgorithm, z } from 'earshot/plugin'

/** Never ends by itself: its jobs fill the queue's places, so that all that follows is only taken in. */
export default defineAlgorithm({
  id: 'bench_wait',
  name: 'Wait',
  version: '1.0.0',
  variables: z.object({}),
  result: z.object({}),
  analyze: () => new Promise<never>(() => undefined),
})
