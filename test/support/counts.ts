export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export const noCounts = (): Counts => ({ passed: 0, failed: 0, skipped: 0 })

export function addCounts(total: Counts, { passed, failed, skipped }: Counts) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}

/** What a run of `bun test` says at its end. One that died has said nothing, and counts as a failure. */
export function countsOf(exitCode: number | null, output: string): Counts {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}s?$`, 'm').exec(output)?.[1] ?? 0)
  const failed = count('fail') + count('error')
  return {
    passed: count('pass'),
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped: count('skip') + count('todo'),
  }
}
