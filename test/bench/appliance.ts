import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { apiClient, type Client } from '../../src/demo/client.ts'
import { connect, request } from './client.ts'

export const TOKEN = 'bench-platform-token'
export const SECRET = 'bench-webhook-secret'
export const ALGORITHMS = ['bench_words', 'bench_keywords', 'bench_sentiment']
const PLUGINS = resolve(import.meta.dir, 'plugins')
const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 20_000
const HOUR_SECONDS = '3600'

export interface Child {
  url: string
  pid: number
  /** From the start of the process to its first 200 on /health. */
  startMs: number
  stop(): Promise<void>
}

export interface Appliance extends Child {
  api: Client
}

export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'earshot-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** `command` is the executable, or the runtime and its entry point. */
export async function startAppliance(command: string[], data: string): Promise<Appliance> {
  mkdirSync(data, { recursive: true })
  const child = await startChild([...command, 'serve', '--port', '0', '--json', '--data', data], {
    EARSHOT_TOKEN: TOKEN,
    EARSHOT_PLUGINS: PLUGINS,
    EARSHOT_ALLOW_NETWORKS: '127.0.0.0/8',
    EARSHOT_RATE_LIMITS: 'off',
    EARSHOT_LOG_LEVEL: 'warn',
    EARSHOT_ALGORITHM_TIMEOUT: HOUR_SECONDS,
    EARSHOT_STOP_TIMEOUT: '1',
  })
  return { ...child, api: apiClient(child.url, TOKEN) }
}

/** Starts what prints one line of JSON with its `url` when it is ready, and asks it for its health. */
export async function startChild(command: string[], variables: Record<string, string>): Promise<Child> {
  const since = performance.now()
  const process_ = Bun.spawn(command, {
    env: { PATH: process.env.PATH, ...variables },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const endWithUs = () => process_.kill('SIGKILL')
  process.once('exit', endWithUs)
  const late = setTimeout(() => process_.kill('SIGKILL'), START_LIMIT_MS)
  const { url } = JSON.parse(await firstLine(process_.stdout)) as { url: string }
  clearTimeout(late)
  await requireHealthy(url)
  return {
    url,
    pid: process_.pid,
    startMs: performance.now() - since,
    async stop() {
      const killer = setTimeout(() => process_.kill('SIGKILL'), STOP_LIMIT_MS)
      process_.kill('SIGTERM')
      await process_.exited
      clearTimeout(killer)
      process.off('exit', endWithUs)
    },
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = stream.getReader()
  while (!text.includes('\n')) {
    const { done, value } = await reader.read()
    if (done) throw new Error('A server ended before it was ready')
    text += decoder.decode(value, { stream: true })
  }
  return text.slice(0, text.indexOf('\n'))
}

async function requireHealthy(url: string) {
  const connection = await connect(url)
  const { status } = await connection.send(request(url, { path: '/health' }))
  connection.close()
  if (status !== 200) throw new Error(`/health answered ${status}`)
}
