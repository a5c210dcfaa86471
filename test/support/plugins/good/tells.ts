import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'tells',
  version: '1.0.0',
  name: 'tells',
  secrets: ['TEST_KEY'],
  variables: z.object({}),
  result: z.object({
    known: z.string().nullable(),
    unknown: z.string().nullable(),
    environment: z.array(z.string()),
  }),
  analyze(_call, _variables, { log, secrets }) {
    log.info('looking', { turns: 2 })
    console.log('by hand')
    return {
      known: secrets.TEST_KEY ?? null,
      unknown: secrets.OTHER_KEY ?? null,
      environment: Object.keys(process.env).sort(),
    }
  },
})
