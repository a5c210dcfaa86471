import { existsSync } from 'node:fs'
import { join } from 'node:path'

const SHELL = '/bin/sh'
const PASSED_ON = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'CUDA_VISIBLE_DEVICES',
]

/** How this very program is started as a plugin host, compiled or from source. */
export function hostCommand(): string[] {
  const compiled = import.meta.path.includes('$bunfs') || import.meta.path.includes('~BUN')
  const main = join(import.meta.dir, '..', 'main.ts')
  return compiled ? [process.execPath, 'plugin-host'] : [process.execPath, main, 'plugin-host']
}

/**
 * The shell stays behind as a guard: it reads the pipe that only the parent holds, and ends the whole group when
 * the parent is gone, however that came to pass. The channel must not be kept open by it.
 */
const GUARDED = `exec 9<&0
{ eval "exec $NODE_CHANNEL_FD<&-"; read _ <&9; kill -9 0; } >/dev/null 2>&1 &
exec 9<&- </dev/null
ulimit -c 0
LIMIT
exec "$0" "$@"`

/** Adds the guard and, unless `dataLimitMb` is null, a ceiling on memory that even one huge allocation meets. */
export function guarded(command: string[], dataLimitMb: number | null): string[] {
  if (!existsSync(SHELL)) return command
  const limit = dataLimitMb === null ? ':' : `ulimit -d ${dataLimitMb * 1024} 2>/dev/null`
  return [SHELL, '-c', GUARDED.replace('LIMIT', limit), ...command]
}

/** No home, no tokens, no keys: a plugin gets its secrets by name and nothing else. */
export function hostEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {
    BUN_ENABLE_CRASH_REPORTING: '0',
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
    DO_NOT_TRACK: '1',
    EARSHOT_PARENT: String(process.pid),
  }
  for (const name of PASSED_ON) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
