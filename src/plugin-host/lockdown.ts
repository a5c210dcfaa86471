import { Writable } from 'node:stream'
import { format } from 'node:util'

const PR_SET_PDEATHSIG = 1
const SIGKILL = 9

/** Ends this process with its parent even while it loops. False where the machine-code compiler is off, too. */
export async function dieWithParent(): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const { dlopen } = await import('bun:ffi')
  for (const library of ['libc.so.6', 'libc.so', `ld-musl-${MUSL_NAME[process.arch]}.so.1`]) {
    try {
      const { symbols } = dlopen(library, {
        prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
      })
      symbols.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
      if (isOrphan()) process.exit(0)
      return true
    } catch (error) {
      if (String(error).includes('JIT')) return false
    }
  }
  return true
}

/** The parent may have gone before the signal was asked for. */
const isOrphan = () =>
  process.env.EARSHOT_PARENT !== undefined && process.ppid !== Number(process.env.EARSHOT_PARENT)

const MUSL_NAME: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' }

/** Takes from plugins what would end, imitate or corrupt the host. `print` receives all that they write. */
export function lockDown(print: (text: string) => void) {
  Object.preventExtensions(Object.prototype)
  process.exit = refuseExit
  process.abort = refuseExit
  process.send = undefined
  Object.defineProperty(process, 'disconnect', { value: undefined })
  captureConsole(print)
  captureStream('stdout', print)
  captureStream('stderr', print)
}

function refuseExit(): never {
  throw new Error('The plugin tried to end its process.')
}

function captureConsole(print: (text: string) => void) {
  const write = (...values: unknown[]) => print(format(...values) + '\n')
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const)
    console[method] = write
}

function captureStream(name: 'stdout' | 'stderr', print: (text: string) => void) {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      print(String(chunk))
      done()
    },
  })
  Object.defineProperty(process, name, { value: stream, configurable: false })
}
