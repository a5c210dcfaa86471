import { describe, expect, test } from 'bun:test'
import { redact } from '../../src/lib/redact.ts'

const MODULE = JSON.stringify(import.meta.resolve('../../src/lib/log.ts'))
const CANARY = 'cAnArY4711cAnArY'

async function run(program: string) {
  const source = `const { createLog } = await import(${MODULE}); const CANARY = '${CANARY}'; ${program}`
  const child = Bun.spawn([process.execPath, '-e', source], { stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect(await child.exited).toBe(0)
  return { out, err }
}

const SECRETS = `
  log.info({ authorization: 'Bearer ' + CANARY, 'x-api-key': CANARY, token: CANARY }, 'flat')
  log.info({ request: { headers: { Authorization: CANARY, Cookie: 'a=' + CANARY } } }, 'nested')
  log.info({ a: [{ b: { client_secret: CANARY, password: { value: CANARY } } }], apiKey: [CANARY] }, 'deep')
  log.child({ accessToken: CANARY }).warn('bindings')
  log.error(Object.assign(new Error('sent Bearer ' + CANARY), { webhook_secret: CANARY }), 'failed')
  log.error(new Error('outer', { cause: new Error('esk_' + CANARY) }))
  log.info('esk_' + CANARY + ' whsec_' + CANARY + ' Basic ' + btoa('user:' + CANARY))
  log.info({ url: 'https://user:' + CANARY + '@example.com/a?x=1&access_token=' + CANARY + '&y=2' }, 'url')
  log.info('body ' + JSON.stringify({ id: 7, password: 'quoted " ' + CANARY, next: 'kept' }))
`

describe('log', () => {
  test.each([false, true])('no secret leaves, pretty: %p', async (pretty) => {
    const { out, err } = await run(`const log = createLog({ level: 'trace', pretty: ${pretty} }); ${SECRETS}`)
    expect(out).toBe('')
    expect(err).not.toContain(CANARY)
    expect(err).not.toContain(btoa(`user:${CANARY}`))
    for (const word of [
      'flat',
      'nested',
      'deep',
      'bindings',
      'failed',
      'outer',
      'example.com/a?x=1',
      'y=2',
      'kept',
    ]) {
      expect(err).toContain(word)
    }
  })

  test('lines are JSON on stderr, complete even when the process ends at once', async () => {
    const { err } = await run(`
      const log = createLog({ level: 'info', pretty: false })
      log.debug('hidden')
      log.info({ jobId: 7 }, 'shown')
      process.exit(0)`)
    const line = JSON.parse(err)
    expect(line).toEqual({ level: 'info', time: expect.any(String), jobId: 7, msg: 'shown' })
    expect(Math.abs(Date.parse(line.time) - Date.now())).toBeLessThan(60_000)
  })

  test('pretty lines are for people', async () => {
    const { err } = await run(`createLog({ level: 'info', pretty: true }).info('shown')`)
    expect(err).toContain('INFO')
    expect(err).toContain('shown')
    expect(() => JSON.parse(err)).toThrow()
  })
})

describe('redact keeps', () => {
  test.each([
    '{"token_id":5,"tokens":120,"secrets":["NAME"],"msg":"used 5 tokens"}',
    '{"msg":"basic validation failed for bearer"}',
    '{"msg":"Invalid token: expired"}',
    '{"url":"https://example.com/a@b?x=1"}',
    '{"msg":"the password was changed"}',
  ])('%s', (line) => {
    expect(redact(line)).toBe(line)
  })

  test('an absent secret is seen to be absent', () => {
    expect(redact('{"secret":null}')).toBe('{"secret":null}\n')
  })
})
