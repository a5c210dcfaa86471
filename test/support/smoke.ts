import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const TOKEN = 'esk_smoke_test_token_of_the_operator'
const SECRET = 'whsec_c21va2UgdGVzdCBzZWNyZXQgb2YgdGhlIHJlY2VpdmVy'
const READY_WITHIN_MS = 20_000
const DONE_WITHIN_MS = 30_000
const CALL = {
  source_call_id: 'smoke-1',
  workspace_id: 'default',
  duration_seconds: 90,
  transcript: [
    { speaker: 'Agent', text: 'Good morning, this is Dana, how can I help you?' },
    { speaker: 'Customer', text: 'Hello, my order is late and I am not happy about it.' },
    { speaker: 'Agent', text: 'I am sorry to hear that. I will send it again today.' },
  ],
}

interface Hook {
  body: string
  signature: string | null
}

/** Drives the executable as an operator would, from an empty folder; throws at the first thing that is not so. */
export async function smoke(executable: string) {
  const home = mkdtempSync(join(tmpdir(), 'earshot-smoke-'))
  const start = (...args: string[]) =>
    Bun.spawn([resolve(executable), ...args], {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        EARSHOT_TOKEN: TOKEN,
        EARSHOT_ALLOW_NETWORKS: '127.0.0.0/8',
      },
      stdout: 'pipe',
      stderr: 'pipe',
    })
  try {
    await printsItsVersion(start('version'))
    await examines(start('doctor', '--json'))
    await serves(start('serve', '--json', '--port', '0'))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

type Child = Bun.Subprocess<'ignore', 'pipe', 'pipe'>

async function printsItsVersion(child: Child) {
  const version = await outputOf(child)
  must(/\d+\.\d+\.\d+/.test(version), `version printed «${version}»`)
}

async function examines(child: Child) {
  const { checks } = JSON.parse(await outputOf(child)) as { checks: { status: string }[] }
  must(checks.length > 5 && checks.every(({ status }) => status !== 'fail'), 'doctor found a failure')
}

async function outputOf(child: Child): Promise<string> {
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  must(code === 0, `exit code ${code}: ${output}${errors}`)
  return output
}

async function serves(child: Child) {
  const hooks: Hook[] = []
  const receiver = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      hooks.push({ body: await request.text(), signature: request.headers.get('x-signature') })
      return new Response()
    },
  })
  const errors = new Response(child.stderr).text()
  try {
    const url = await ready(child)
    await processesACall(url, `http://127.0.0.1:${receiver.port}/hook`, hooks)
    child.kill('SIGTERM')
    const code = await child.exited
    must(code === 0, `serve ended with ${code} after SIGTERM`)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${(error as Error).message}\n${await errors}`)
  } finally {
    await receiver.stop(true)
  }
}

async function ready(child: Child): Promise<string> {
  const first = child.stdout.getReader().read()
  const read = await Promise.race([first, Bun.sleep(READY_WITHIN_MS)])
  must(read?.value !== undefined, 'serve said nothing')
  return (JSON.parse(new TextDecoder().decode(read!.value)) as { url: string }).url
}

async function processesACall(url: string, hookUrl: string, hooks: Hook[]) {
  const call = client(`${url}/api/v1`)
  await call('PATCH', '/config/workspaces/default', {
    webhooks: { endpoints: [{ url: hookUrl, secret: SECRET }] },
  })
  const { job_id } = await call('POST', '/calls/transcript', CALL)
  const status = await until(async () => {
    const job = await call('GET', `/jobs/${job_id}`)
    return ['completed', 'partial', 'failed', 'skipped'].includes(job.status as string) && job.status
  })
  must(status === 'completed', `the job ended ${status}`)
  const runs = (await call('GET', `/jobs/${job_id}/runs`)).runs as unknown[]
  await until(async () => hooks.length >= runs.length)
  must(runs.length > 0 && hooks.every(isSigned), 'a webhook was not signed as promised')
}

function client(base: string) {
  return async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    must(response.ok, `${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
}

async function until<T>(look: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + DONE_WITHIN_MS
  for (;;) {
    const found = await look()
    if (found) return found
    must(Date.now() < deadline, 'it took too long')
    await Bun.sleep(20)
  }
}

/** Checked by hand, as a receiver would who has only read the documentation. */
function isSigned({ body, signature }: Hook): boolean {
  const [, time, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? []
  return hex === createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex')
}

function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}
