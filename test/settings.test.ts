import { describe, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { readSettings, type Settings, settingNames, WrongSetting } from '../src/settings.ts'
import { makeScratch } from './support/scratch.ts'

const scratch = makeScratch()
const KEY = Buffer.alloc(32, 7).toString('base64')

/** Every setting: a value of each spelling with what it means, and values that are refused. */
const settings: [name: keyof Settings, good: [given: string, means: unknown][], bad: string[]][] = [
  ['host', [['0.0.0.0', '0.0.0.0']], ['', ' ']],
  [
    'port',
    [
      ['0', 0],
      ['65535', 65_535],
    ],
    ['abc', '-1', '65536', '80.5', '', '0x50', '1e3'],
  ],
  [
    'data',
    [
      ['/srv/earshot', '/srv/earshot'],
      ['here', resolve('here')],
    ],
    [''],
  ],
  ['plugins', [['/srv/plugins', '/srv/plugins']], ['']],
  ['token', [['esk_0123456789abcdef', 'esk_0123456789abcdef']], ['short']],
  ['key', [[KEY, KEY]], ['short', 'A'.repeat(44), `${KEY}AAAA`, '***']],
  [
    'public_url',
    [['https://calls.example', 'https://calls.example']],
    ['calls.example', 'ftp://a', 'http://', 'http://a b'],
  ],
  [
    'trusted_proxies',
    [['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']]],
    ['proxy', '10', '10.0.0.0/33', '999.1.1.1'],
  ],
  [
    'allow_networks',
    [['10.0.0.0/8 ::1/128', ['10.0.0.0/8', '::1/128']]],
    ['localhost', '10.0.0.0/8,x', '1.2.3.4/-1'],
  ],
  [
    'rate_limits',
    [
      ['on', true],
      ['off', false],
      ['TRUE', true],
      ['0', false],
    ],
    ['yes', '2'],
  ],
  [
    'max_body',
    [
      ['10 MB', 10_485_760],
      ['2kb', 2048],
      ['5000', 5000],
      ['1.5mb', 1_572_864],
    ],
    ['ten', '-5', '10 XB', '100', ''],
  ],
  ['max_upload', [['1GB', 1024 ** 3]], ['1TB', '0']],
  [
    'log_level',
    [
      ['debug', 'debug'],
      ['silent', 'silent'],
    ],
    ['loud', 'INFO'],
  ],
  [
    'plugin_hosts',
    [
      ['1', 1],
      ['32', 32],
    ],
    ['0', '33', '1.5'],
  ],
  ['plugin_memory', [['256 MB', 268_435_456]], ['some']],
  ['algorithm_timeout', [['0.5', 0.5]], ['0', '-1', 'Infinity', '100000', 'soon']],
  ['transcriber_timeout', [['900', 900]], ['0']],
  ['metrics', [['open', 'open']], ['closed']],
  ['model_url', [['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1']], ['127.0.0.1:8000']],
  ['model', [['llama-3', 'llama-3']], ['']],
  ['model_timeout', [['300', 300]], ['0']],
  ['model_concurrency', [['1000', 1000]], ['0', '1001']],
  ['stop_timeout', [['10', 10]], ['0', 'NaN']],
  ['webhook_timeout', [['15', 15]], ['0']],
  [
    'webhook_retries',
    [
      ['5,300', [5, 300]],
      ['0.1 2', [0.1, 2]],
    ],
    ['5,x', '-1', 'Infinity', '5,1e400'],
  ],
  ['webhook_concurrency', [['256', 256]], ['0', '257']],
  ['audio_fetch_timeout', [['300', 300]], ['0']],
  ['audio_fetch_retries', [['2,10', [2, 10]]], ['2;10']],
  ['transcriber', [['openai', 'openai']], ['']],
  ['openai_url', [['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1']], ['127.0.0.1:8000']],
  ['openai_model', [['tiny', 'tiny']], ['']],
  ['command_program', [['/usr/bin/whisper-cli', '/usr/bin/whisper-cli']], ['']],
  ['command_args', [['-f {input}', '-f {input}']], ['']],
  ['command_model', [['base.bin', 'base.bin']], ['']],
  ['command_format', [['whisper-cpp', 'whisper-cpp']], ['xml']],
]

const data = scratch.directory
const read = (flags: Record<string, string>, environment: Record<string, string> = {}) =>
  readSettings({ data, ...flags }, environment)
const refusal = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof WrongSetting) return error.message
    throw error
  }
  return 'no refusal'
}
const toml = (text: string) => scratch.file(text, `settings-${Bun.hash(text)}.toml`)

test('the table names every setting', () => {
  expect(settings.map(([name]) => name).sort()).toEqual(settingNames.toSorted() as (keyof Settings)[])
})

for (const [name, good, bad] of settings)
  describe(name, () => {
    const variable = `EARSHOT_${name.toUpperCase()}`
    const flag = `--${name.replaceAll('_', '-')}`

    for (const [given, means] of good)
      test(`${given} is taken from flag, variable and file`, () => {
        const config = toml(`${name} = ${JSON.stringify(given)}`)
        const others: Record<string, string> = name === 'data' ? {} : { data }
        expect(readSettings({ ...others, [name]: given }, {})[name]).toEqual(means as never)
        expect(readSettings(others, { [variable]: given })[name]).toEqual(means as never)
        expect(readSettings({ ...others, config }, {})[name]).toEqual(means as never)
      })

    for (const given of bad)
      test(`${JSON.stringify(given)} is refused in one line that names where it stands, without the value`, () => {
        const config = toml(`${name} = ${JSON.stringify(given)}`)
        const said = [
          [flag, refusal(() => read({ [name]: given }))],
          [name === 'data' ? '--data' : `${name} in earshot.toml`, refusal(() => readFrom(config, name))],
          ...(given === ''
            ? []
            : [[variable, refusal(() => readSettings({}, { EARSHOT_DATA: data, [variable]: given }))]]),
        ]
        for (const [where, message] of said) {
          expect(message).toStartWith(`${where}: `)
          expect(message).not.toContain('\n')
          if (given.length > 4) expect(message).not.toContain(given)
        }
      })
  })

/** What the file says about the folder counts only when no flag does. */
const readFrom = (config: string, name: string) =>
  name === 'data' ? read({ data: '' }) : readSettings({ data, config }, {})

test('flags come before variables, variables before the file, the file before the defaults', () => {
  const config = toml('port = 1111\nlog_level = "warn"\nmax_body = 5000')
  const environment = { EARSHOT_PORT: '2222', EARSHOT_LOG_LEVEL: 'error', EARSHOT_HOST: '' }
  expect(read({ config, port: '3333' }, environment)).toMatchObject({
    port: 3333,
    log_level: 'error',
    max_body: 5000,
    host: '127.0.0.1',
    webhook_timeout: 15,
  })
})

test('TOML has numbers, booleans and lists of its own', () => {
  const config = toml(
    'port = 9000\nrate_limits = false\nwebhook_retries = [1, 2.5]\nallow_networks = ["10.0.0.0/8"]',
  )
  expect(read({ config })).toMatchObject({
    port: 9000,
    rate_limits: false,
    webhook_retries: [1, 2.5],
    allow_networks: ['10.0.0.0/8'],
  })
})

test('earshot.toml in the data folder is read without being named', () => {
  scratch.file('port = 4444', 'earshot.toml')
  expect(readSettings({ data }, {}).port).toBe(4444)
  expect(readSettings({}, { EARSHOT_DATA: data }).port).toBe(4444)
})

const files: [name: string, text: string | undefined, message: RegExp][] = [
  ['an unknown setting', 'prot = 1', /unknown setting: prot$/],
  ['broken TOML', 'port = "x', /is not valid TOML/],
  ['a boolean for a number', 'port = true', /^port in earshot.toml: expects a whole number/],
  ['a table for a text', '[host]\na = 1', /^host in earshot.toml: expects/],
  ['transcribers that are no tables', 'transcribers = 5', /expects a table for each transcriber/],
  ['nothing at all', undefined, /cannot be read$/],
]
for (const [name, text, message] of files)
  test(`a settings file with ${name} is refused`, () => {
    const config = text === undefined ? join(data, 'missing.toml') : toml(text)
    const said = refusal(() => read({ config }))
    expect(said).toMatch(message)
    expect(said).not.toContain('\n')
  })

test('secrets may stand in files', () => {
  const token = scratch.file('esk_from_a_file_0123456789\n')
  const key = scratch.file(`${KEY}\n`)
  const secret = scratch.file('the api key\n')
  const found = readSettings(
    { data },
    {
      EARSHOT_TOKEN_FILE: token,
      EARSHOT_KEY_FILE: key,
      EARSHOT_SECRET_OPENAI_API_KEY_FILE: secret,
      EARSHOT_SECRET_OTHER: 'plain',
    },
  )
  expect(found).toMatchObject({
    token: 'esk_from_a_file_0123456789',
    key: KEY,
    secrets: { OPENAI_API_KEY: 'the api key', OTHER: 'plain' },
  })
})

for (const name of ['TOKEN', 'KEY', 'SECRET_X'])
  test(`EARSHOT_${name}_FILE must be readable`, () => {
    const said = refusal(() => readSettings({ data }, { [`EARSHOT_${name}_FILE`]: '/nowhere/at/all' }))
    expect(said).toBe(`EARSHOT_${name}_FILE names a file that cannot be read: /nowhere/at/all`)
  })

test('a value beats its file', () => {
  const token = scratch.file('esk_from_a_file_0123456789')
  const environment = { EARSHOT_TOKEN: 'esk_from_the_variable_012', EARSHOT_TOKEN_FILE: token }
  expect(readSettings({ data }, environment).token).toBe('esk_from_the_variable_012')
})

test('transcribers are set up in tables and by shorthands', () => {
  const config = toml(
    '[transcribers.openai]\nmodel = "small"\ntemperature = 0.2\n[transcribers.own]\nurl = "x"\n[secrets]\nOWN = "s"',
  )
  const found = read({ config }, { EARSHOT_OPENAI_URL: 'http://a/v1', EARSHOT_COMMAND_ARGS: '-f {input}' })
  expect(found.transcribers).toEqual({
    openai: { model: 'small', temperature: 0.2, base_url: 'http://a/v1' },
    own: { url: 'x' },
    command: { args: ['-f', '{input}'] },
  })
  expect(found.secrets).toEqual({ OWN: 's' })
})
