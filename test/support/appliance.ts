import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Appliance, boot } from '../../src/boot.ts'
import { createToken, type TokenRequest } from '../../src/core/tenancy/tokens.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { readSettings, type Settings } from '../../src/settings.ts'
import { type Api, apiOf } from './api.ts'
import { addFixture } from './plugin-pools.ts'

export const TOKEN = 'esk_token_of_the_operator_in_tests'

export interface TestAppliance {
  url: string
  token: string
  /** Speaks with the platform token. */
  api: Api
  app: Appliance['app']
  /** The data folder; it is gone after `stop` unless the test brought it. */
  data: string
  stop(): Promise<void>
}

export type Overrides = Partial<Settings> & {
  clock?: Clock
  /** Outside plugins, such as `good/words`: see `plugins/` beside this file. */
  fixtures?: string[]
}

const running = new Set<TestAppliance>()

/** A whole appliance in this process: real database, real HTTP on loopback, real plugin hosts. */
export async function startAppliance(overrides: Overrides = {}): Promise<TestAppliance> {
  const { clock, fixtures = [], ...given } = overrides
  const data = given.data ?? mkdtempSync(join(tmpdir(), 'earshot-test-appliance-'))
  const settings = testSettings({ ...given, data })
  mkdirSync(settings.plugins, { recursive: true, mode: 0o700 })
  for (const name of fixtures) addFixture(settings.plugins, name)
  const appliance = await boot(settings, { clock })
  const { url } = await appliance.start()
  const token = settings.token!
  const one = { url, token, api: apiOf(url, token), app: appliance.app, data, stop }
  running.add(one)
  return one

  async function stop() {
    if (!running.delete(one)) return
    await appliance.stop()
    if (given.data === undefined) rmSync(data, { recursive: true, force: true })
  }
}

/** For `afterAll`: whatever a test has left running. */
export async function stopAppliances() {
  await Promise.all([...running].map((one) => one.stop()))
}

export const tokenFor = async ({ app }: TestAppliance, request: TokenRequest): Promise<string> =>
  (await app.db.tx((tx) => createToken(tx, request))).token

/** The defaults of production, but for the port, the token, the limits and a reachable loopback. */
export function testSettings(given: Partial<Settings> & { data: string }): Settings {
  return {
    ...readSettings({ data: given.data }, {}),
    port: 0,
    token: TOKEN,
    rate_limits: false,
    allow_networks: ['127.0.0.0/8', '::1/128'],
    log_level: 'silent',
    stop_timeout: 3,
    ...given,
  }
}
