import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databasePath, keyPath } from '../../src/ops/data-folder.ts'
import { makeDataFolder, putPlugins } from '../support/data-folder.ts'
import { killServed, type Ran, run, type Served, serve } from '../support/executable.ts'
import { sampleCall } from '../support/sample-call.ts'
import { makeScratch } from '../support/scratch.ts'

const COMMANDS = ['serve', 'demo', 'token', 'plugins', 'migrate', 'backup', 'restore', 'doctor', 'version']
const scratch = makeScratch()
const data = makeDataFolder(['good/words', 'bad/throws'])
let appliance: Served
beforeAll(async () => {
  appliance = await serve({ data })
})
afterAll(killServed)

const here = ['--data', data]
const earshot = (...args: string[]) => run(args)

const keyOf = (folder: string) => readFileSync(keyPath({ data: folder }), 'utf8').trim()

/** Ends with `code` and one line on stderr, which is no trace of a stack. */
function expectOneLine({ code, stdout, stderr }: Ran, expected: number, message: RegExp | string) {
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
  expect(stderr).toMatch(/^earshot: [^\n]+\n$/)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
}

describe('help', () => {
  for (const args of [[], ['help'], ['--help'], ['-h']])
    test(`earshot ${args.join(' ')} lists every command and setting`, async () => {
      const { code, stdout, stderr } = await earshot(...args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'))
      expect(stdout).toContain('--webhook-retries')
    })
})

const wrongUses: [args: string[], message: RegExp][] = [
  [['sevre'], /no command «sevre»/],
  [['serve', 'now'], /Too many arguments/],
  [['serve', '--prot', '5'], /--prot/],
  [['serve', '--port'], /--port/],
  [['serve', '--json=yes'], /--json/],
  [['serve', '--port', 'abc'], /--port: expects a whole number/],
  [['serve', '--data', '/dev/null/x'], /data folder .* cannot be used/],
  [['serve', '--config', '/nowhere.toml'], /cannot be read/],
  [['token', 'frobnicate'], /create\|list\|revoke/],
  [['token', 'create', ...here], /--scope is one of platform, partner, organization, workspace/],
  [['token', 'create', '--scope', 'king', ...here], /--scope is one of/],
  [['token', 'revoke', ...here], /token revoke ID/],
  [['backup', ...here], /backup FILE/],
  [['restore', ...here], /restore FILE/],
  [['plugins', 'new', ...here], /plugins new NAME/],
  [['plugins', 'new', 'Not A Name', ...here], /plugins new NAME/],
  [['plugins', 'frobnicate', ...here], /list\|new/],
  [['version', 'please'], /Too many arguments/],
  [['version', '--keep'], /--keep/],
]
for (const [args, message] of wrongUses)
  test(`earshot ${args.map((arg) => (arg === data ? 'DATA' : arg)).join(' ')} is wrong use: exit 2`, async () => {
    expectOneLine(await earshot(...args), 2, message)
  })

const wrongVariables: [name: string, value: string][] = [
  ['EARSHOT_PORT', 'abc'],
  ['EARSHOT_KEY', 'too-short'],
  ['EARSHOT_KEY_FILE', '/nowhere/at/all'],
  ['EARSHOT_TOKEN', 'short'],
  ['EARSHOT_ALLOW_NETWORKS', '999.1.1.1/99'],
  ['EARSHOT_PUBLIC_URL', 'calls.example'],
]
for (const [name, value] of wrongVariables)
  test(`${name}=${value} is a wrong setting: exit 2`, async () => {
    const ran = await run(['serve', '--data', join(scratch.directory, 'wrong')], {
      [name]: value,
    })
    expectOneLine(ran, 2, name)
    expect(existsSync(join(scratch.directory, 'wrong', 'earshot.db'))).toBeFalse()
  })

test('a wrong line of earshot.toml is named: exit 2', async () => {
  const folder = join(scratch.directory, 'with-toml')
  mkdirSync(folder)
  writeFileSync(join(folder, 'earshot.toml'), 'max_body = "ten"\n')
  expectOneLine(await earshot('serve', '--data', folder), 2, 'max_body in earshot.toml: expects a size')
})

const failures: [args: string[], message: RegExp][] = [
  [['token', 'list', '--data', '/nowhere/at/all'], /There is no database/],
  [['token', 'revoke', '0190a0a0-0000-7000-8000-000000000000', ...here], /no such token/],
  [['token', 'create', '--scope', 'workspace', '--for', 'nobody', ...here], /Workspace nobody/],
  [['restore', '/nowhere/backup', '--data', join(scratch.directory, 'restored')], /no such backup file/i],
  [['serve', '--port', '0', ...here], /already running/],
  [
    ['serve', '--host', '192.0.2.1', '--port', '0', '--data', join(scratch.directory, 'host')],
    /Cannot listen on 192.0.2.1/,
  ],
]
for (const [args, message] of failures)
  test(`earshot ${args.slice(0, 3).join(' ')} that cannot be done: exit 1`, async () => {
    expectOneLine(await earshot(...args), 1, message)
  })

test('a port that is taken is one line and exit 1', async () => {
  const { port } = new URL(appliance.url)
  const ran = await earshot('serve', '--port', port, '--data', join(scratch.directory, 'port-taken'))
  expectOneLine(ran, 1, `port ${port}`)
})

test('a newer schema is refused in one line', async () => {
  const folder = join(scratch.directory, 'newer')
  await earshot('migrate', '--data', folder)
  const db = new Database(databasePath({ data: folder }))
  db.exec("INSERT INTO migrations (version, name) VALUES (999, 'of the future')")
  db.close()
  for (const command of [['serve', '--port', '0'], ['token', 'list'], ['migrate']])
    expectOneLine(await earshot(...command, '--data', folder), 1, /newer/i)
})

describe('--json gives one document', () => {
  const backup = join(scratch.directory, 'backup.tar')
  const documents: [args: string[], shape: object][] = [
    [['version'], { version: expect.stringMatching(/^\d+\.\d+\.\d+/) }],
    [['migrate', '--data', join(scratch.directory, 'fresh')], { applied: expect.any(Array) }],
    [['doctor', ...here], { ok: true, checks: expect.any(Array) }],
    [['plugins', ...here], { plugins: expect.arrayContaining([expect.objectContaining({ id: 'words' })]) }],
    [
      ['plugins', 'new', 'my_own', '--plugins', join(scratch.directory, 'own')],
      { written: expect.any(Array) },
    ],
    [['token', 'list', ...here], { tokens: expect.any(Array) }],
    [
      ['token', 'create', '--scope', 'partner', ...here],
      { token: expect.stringMatching(/^esk_/), scope: 'partner' },
    ],
    [['backup', backup, ...here], { file: backup }],
    [['restore', backup, '--data', join(scratch.directory, 'restored-here')], {}],
  ]
  for (const [args, shape] of documents)
    test(`earshot ${args.slice(0, 2).join(' ')}`, async () => {
      const { code, stdout, stderr } = await run([...args, '--json'], { EARSHOT_KEY: keyOf(data) })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toEndWith('\n')
      expect(JSON.parse(stdout)).toMatchObject(shape)
    })
})

test('a plugin from the template loads', async () => {
  const folder = join(scratch.directory, 'own-too')
  await earshot('plugins', 'new', 'fresh_one', '--plugins', folder)
  const { stdout } = await earshot('plugins', '--plugins', folder, '--json')
  const { plugins } = JSON.parse(stdout) as {
    plugins: { id: string; error: string | null; shipped: boolean }[]
  }
  expect(plugins.find(({ id }) => id === 'fresh_one')).toMatchObject({ error: null, shipped: false })
  expect(plugins.filter(({ shipped }) => shipped).length).toBeGreaterThanOrEqual(10)
})

test('a plugin that does not load is listed with its error', async () => {
  const folder = join(scratch.directory, 'broken')
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, 'broken.ts'), 'export default {', { mode: 0o600 })
  const { code, stdout } = await earshot('plugins', '--plugins', folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/broken.*NOT LOADED.*broken\.ts/)
})

describe('beside a running appliance', () => {
  const statusWith = async (token: string) =>
    (await fetch(`${appliance.url}/api/v1/jobs`, { headers: { authorization: `Bearer ${token}` } })).status

  test('a token counts from the next request, and no more once it is revoked', async () => {
    const made = await earshot('token', 'create', '--scope', 'workspace', '--name', 'beside', ...here)
    expect(made.stdout).toMatch(/^esk_\S+\n$/)
    const token = made.stdout.trim()
    expect(await statusWith(token)).toBe(200)
    const { stdout } = await earshot('token', 'list', '--json', ...here)
    const { tokens } = JSON.parse(stdout) as {
      tokens: { token_id: string; name: string; revoked_at: string | null }[]
    }
    const listed = tokens.find(({ name }) => name === 'beside')!
    expect(listed.revoked_at).toBeNull()
    expect((await earshot('token', 'revoke', listed.token_id, ...here)).code).toBe(0)
    expect(await statusWith(token)).toBe(401)
    expectOneLine(await earshot('token', 'revoke', listed.token_id, ...here), 1, /revoked before/)
  })

  test('a second one on the same data folder is refused, and the first goes on', async () => {
    const ran = await earshot('serve', '--port', '0', ...here)
    expectOneLine(ran, 1, `(process ${appliance.pid})`)
    expect((await fetch(`${appliance.url}/health`)).status).toBe(200)
  })
})

test('a data folder with spaces and letters of any kind, and an address of IPv6', async () => {
  const folder = join(scratch.directory, "Anna's Dätä 'n' 電話 $(x)")
  putPlugins(folder, ['good/words'])
  const served = await serve({ data: folder, args: ['--host', '::1'] })
  expect(served.url).toStartWith('http://[::1]:')
  const job = await served.api.ended(await served.api.submit(sampleCall({ algorithm_ids: ['words'] })))
  expect(job.status).toBe('completed')
  served.signal('SIGTERM')
  expect((await served.exited()).code).toBe(0)
})

test('the token of the first start is printed once, and that of the operator is always in force', async () => {
  const folder = join(scratch.directory, 'first-start')
  const first = await serve({ data: folder, env: { EARSHOT_TOKEN: undefined } })
  expect(first.token).toMatch(/^esk_/)
  const ask = (url: string, token: string) =>
    fetch(`${url}/api/v1/jobs`, { headers: { 'x-api-key': token } }).then(({ status }) => status)
  expect(await ask(first.url, first.token!)).toBe(200)
  first.signal('SIGTERM')
  await first.exited()
  for (const file of readdirSync(folder).filter((name) => name.startsWith('earshot.db')))
    expect(await Bun.file(join(folder, file)).text()).not.toContain(first.token!)

  const second = await serve({ data: folder, env: { EARSHOT_TOKEN: 'esk_given_from_outside_now' } })
  expect(second.token).toBeUndefined()
  expect(await ask(second.url, first.token!)).toBe(200)
  expect(await ask(second.url, 'esk_given_from_outside_now')).toBe(200)
  second.signal('SIGTERM')
  await second.exited()
  const third = await serve({ data: folder, env: { EARSHOT_TOKEN: 'esk_another_from_outside' } })
  expect(await ask(third.url, 'esk_given_from_outside_now')).toBe(401)
  third.signal('SIGTERM')
  expect((await third.exited()).code).toBe(0)
})

test('demo --json tells that everything happened that can happen without a recogniser', async () => {
  const { code, stdout } = await run(['demo', '--json'], { PATH: scratch.directory }, scratch.directory)
  const report = JSON.parse(stdout) as {
    problems: string[]
    recogniser: string | null
    jobs: { job: { status: string } }[]
    webhooks: { verified: boolean }[]
  }
  expect({ code, problems: report.problems, recogniser: report.recogniser }).toEqual({
    code: 0,
    problems: [],
    recogniser: null,
  })
  expect(report.jobs.map(({ job }) => job.status).sort()).toEqual([
    ...Array(4).fill('completed'),
    'failed',
    'skipped',
  ])
  expect(report.webhooks.length).toBeGreaterThan(20)
  expect(report.webhooks.every(({ verified }) => verified)).toBeTrue()
}, 60_000)
