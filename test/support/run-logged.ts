import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dir, '../..')

export interface Logged {
  /** Null when it was ended by a signal, as when its time was over. */
  exitCode: number | null
  output: string
}

/** Runs a command in the repository. By way of a file: a pipe would stay open as long as anything it left running. */
export async function runLogged(
  command: string[],
  { env = {}, timeoutMs }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Logged> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-output-'))
  const log = join(folder, 'output')
  const descriptor = openSync(log, 'w')
  try {
    const child = Bun.spawn(command, {
      cwd: ROOT,
      env: { ...process.env, ...env, FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', descriptor, descriptor],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    await child.exited
    const { exitCode, signalCode } = child
    const end = signalCode ? `\nended by ${signalCode}` : ''
    return { exitCode, output: readFileSync(log, 'utf8') + end }
  } finally {
    closeSync(descriptor)
    rmSync(folder, { recursive: true, force: true })
  }
}
