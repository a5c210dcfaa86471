import { loadCalls } from './calls.ts'
import { report } from './report.ts'
import { misses, type Outcome, runCall } from './scores.ts'

/** `bun run quality [part of a call's name …]`: scores the algorithms on the labelled calls and lists what they missed. */
const calls = await loadCalls(process.argv.slice(2))
const outcomes: Outcome[] = []
for (const call of calls) outcomes.push(...(await runCall(call)))

console.log(report(calls.length, outcomes))
for (const line of misses(outcomes)) console.log(line)
