import { probe } from '../ops/probe.ts'
import { type Command, printJson } from './command.ts'

export const health: Command = {
  name: 'health',
  summary: 'ask the instance on this machine whether it is well, for container health checks',
  async run({ json, settings }) {
    const problem = await probe(settings())
    if (json) printJson({ healthy: problem === undefined, problem: problem ?? null })
    else console.log(problem ?? 'healthy')
    return problem === undefined ? 0 : 1
  },
}
