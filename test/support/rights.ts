import { has, needs } from './needs.ts'

/** Like `needs`, for what a container may forbid even to root: `probe` is a command that must succeed. */
export function needsRight(right: string, probe: string[]) {
  if (!has('root') || !has(probe[0]!)) return needs('root', probe[0]!)
  const { exitCode } = Bun.spawnSync(probe, { stdout: 'ignore', stderr: 'ignore' })
  return exitCode === 0 ? needs('root') : needs(right)
}
