import { afterAll, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeDataFolder } from '../support/data-folder.ts'
import { killServed, processesOf, run, serve } from '../support/executable.ts'
import { until } from '../support/plugin-pools.ts'
import { startReceiver, status } from '../support/receiver.ts'
import { sampleCall } from '../support/sample-call.ts'

/** Every kind of secret is planted, used and then looked for in everything that is left behind or said. */

const canary = (name: string) => `canary-${name}-${randomBytes(9).toString('hex')}`
const KEY = randomBytes(32).toString('base64')
const secrets = {
  operatorToken: canary('operator-token'),
  endpointSecret: canary('endpoint-secret'),
  hmacSecret: canary('hmac-secret'),
  bearerToken: canary('bearer-token'),
  password: canary('password'),
  pluginSecret: canary('plugin-secret'),
  unaskedSecret: canary('unasked-secret'),
  key: KEY,
}

/** Repeats what it was sent, and ends with what the appliance has to log. */
const receiver = startReceiver(({ headers }, count) =>
  status(count > 10 ? 410 : 500, `I got ${headers.get('authorization')}`),
)
afterAll(async () => {
  await killServed()
  receiver.stop()
})

test('no secret is in a file, a log, an answer or the environment of a plugin', async () => {
  const data = makeDataFolder(['good/words', 'good/waits'])
  const env = {
    EARSHOT_TOKEN: secrets.operatorToken,
    EARSHOT_KEY: KEY,
    EARSHOT_SECRET_OPENAI_API_KEY: secrets.pluginSecret,
    EARSHOT_SECRET_NOBODY_ASKED: secrets.unaskedSecret,
    EARSHOT_LOG_LEVEL: 'debug',
  }
  const args = ['--webhook-retries', '0.05,0.05']
  const appliance = await serve({ data, env, args })
  const { api, url } = appliance
  const said: string[] = []
  const say = async (method: string, path: string, body?: unknown) => {
    const answer = await api.send(method, path, body)
    said.push(JSON.stringify(answer.body), JSON.stringify([...answer.headers]))
    return answer
  }

  await say('PUT', '/config/workspaces/default', {
    processing: { algorithms: ['words', 'waits'] },
    webhooks: { endpoints: [{ url: `${receiver.url}/hooks`, secret: secrets.endpointSecret }] },
  })
  const path = '/config/workspaces/default/webhook-credential'
  for (const credential of [
    { auth_type: 'hmac', key_id: 'k', secret: secrets.hmacSecret },
    { auth_type: 'basic', username: 'u', password: secrets.password },
    { auth_type: 'bearer', token: secrets.bearerToken },
  ]) {
    expect((await say('PUT', path, credential)).status).toBe(200)
    await say('GET', path)
    const id = await api.submit(sampleCall())
    await api.settled(id)
    for (const part of ['', '/runs', '/logs', '/deliveries', '/transcript'])
      await say('GET', `/jobs/${id}${part}`)
  }
  for (const read of [
    '/config/workspaces/default',
    '/config/workspaces/default/resolved',
    '/webhooks/endpoints',
    '/health',
  ])
    await say('GET', read)
  await say('PUT', path, { auth_type: 'bearer', token: { wrong: secrets.bearerToken } })
  await say('PUT', path, { auth_type: 'hmac', secret: secrets.hmacSecret })
  await say('POST', '/webhooks/test', { url: `http://user:${secrets.password}@127.0.0.1/` })
  const made = await run(['token', 'create', '--scope', 'workspace', '--data', data, '--json'], env)
  const { token } = JSON.parse(made.stdout) as { token: string }
  expect((await fetch(`${url}/api/v1/jobs`, { headers: { 'x-api-key': token } })).status).toBe(200)
  said.push((await run(['token', 'list', '--data', data, '--json'], env)).stdout)
  said.push(await (await fetch(`${url}/api/v1/jobs`, { headers: { 'x-api-key': `${token}x` } })).text())

  const environments = processesOf(data)
    .filter((pid) => pid !== appliance.pid)
    .map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'))
  expect(environments.length).toBeGreaterThan(0)
  const inFilesWhileRunning = filesIn(data).map((file) => readFileSync(file))
  appliance.signal('SIGTERM')
  await appliance.exited()
  await until(() => processesOf(data).length === 0)

  const places = new Map<string, Buffer | string>([
    ...filesIn(data).map((file) => [file, readFileSync(file)] as const),
    ...inFilesWhileRunning.map((content, at) => [`file ${at} while running`, content] as const),
    ...environments.map((content, at) => [`environment ${at}`, content] as const),
    ...said.map((text, at) => [`answer ${at}: ${text.slice(0, 80)}`, text] as const),
    ['log', appliance.log()],
  ])
  expect(
    [...places].flatMap(([place, content]) =>
      found(content, { ...secrets, token }).map((name) => `${name} in ${place}`),
    ),
  ).toEqual([])
  expect(appliance.log().length).toBeGreaterThan(0)
}, 30_000)

test('files and folders are for their owner alone', async () => {
  const data = makeDataFolder()
  const appliance = await serve({ data })
  await appliance.api.submit(sampleCall())
  appliance.signal('SIGTERM')
  await appliance.exited()
  for (const file of [data, join(data, 'recordings'), ...filesIn(data)])
    expect(`${file} ${(statSync(file).mode & 0o077).toString(8)}`).toBe(`${file} 0`)
})

/** In clear, and as base64 would hide it. */
const found = (content: Buffer | string, planted: Record<string, string>): string[] =>
  Object.entries(planted)
    .filter(([, secret]) => forms(secret).some((form) => content.includes(form)))
    .map(([name]) => name)

const forms = (secret: string) => [secret, Buffer.from(secret).toString('base64').slice(0, -4)]

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('plugins'))
    .map((entry) => join(entry.parentPath, entry.name))
}
