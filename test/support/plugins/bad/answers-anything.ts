import { defineAlgorithm, z } from 'earshot/plugin'

const cycle: Record<string, unknown> = {}
cycle.self = cycle

const nest = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown

const BAD: Record<string, () => unknown> = {
  cycle: () => cycle,
  bigint: () => 12n,
  undefined: () => undefined,
  large: () => 'x'.repeat(50_000_000),
  deep: () => nest(20_000),
  getter: () => ({
    get words() {
      throw new Error('a getter that throws')
    },
  }),
  toJSON: () => ({
    toJSON() {
      throw new Error('a toJSON that throws')
    },
  }),
}

export default defineAlgorithm({
  id: 'answers_anything',
  version: '1.0.0',
  name: 'answers_anything',
  variables: z.object({ kind: z.string().default('cycle') }),
  result: z.any(),
  analyze(_call, { kind }) {
    return BAD[kind]?.()
  },
})
