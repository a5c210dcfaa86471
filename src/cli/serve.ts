import { type Appliance, boot } from '../boot.ts'
import type { HttpServer } from '../http/server.ts'
import { version } from '../version.ts'
import { type Command, ExpectedFailure, printJson } from './command.ts'

/** Beyond the limit for finishing work: what is still open then is cut off. */
const LAST_RESORT_MS = 5000

export const serve: Command = {
  name: 'serve',
  summary: 'run the appliance',
  async run({ json, settings: read }) {
    const stopped = Promise.withResolvers<number>()
    let stopping: () => void = () => process.exit(0)
    const signals = onStop(() => stopping())
    const settings = read()
    const appliance = await boot(settings)
    const { log } = appliance.app
    stopping = () => {
      const lastResort = setTimeout(() => process.exit(1), settings.stop_timeout * 1000 + LAST_RESORT_MS)
      lastResort.unref()
      log.info('stopping')
      stopped.resolve(appliance.stop().then(() => 0))
    }
    const server = await listen(appliance)
    log.info({ url: server.url, version, pid: process.pid, data: settings.data }, 'started')
    if (json) printJson(readyLine(appliance, server))
    else console.log(welcome(appliance, server))
    const code = await stopped.promise
    log.info('stopped')
    signals.end()
    process.exit(code)
  },
}

/** Nobody else will end what was started when the door cannot be opened. */
async function listen(appliance: Appliance): Promise<HttpServer> {
  try {
    return await appliance.start()
  } catch (error) {
    await appliance.stop()
    const { host, port } = appliance.app.settings
    throw new ExpectedFailure(`Cannot listen on ${host}, port ${port}: ${(error as Error).message}`)
  }
}

/** The token of a first start would be lost otherwise. */
const readyLine = ({ firstToken }: Appliance, { url }: HttpServer) => ({
  ready: true,
  url,
  version,
  pid: process.pid,
  ...(firstToken && { token: firstToken }),
})

/** Installed before anything is opened, since as first process of a container nothing stops without them. */
function onStop(stop: () => void) {
  let asked = false
  const once = () => {
    if (asked) process.exit(1) // asked twice: at once
    asked = true
    stop()
  }
  const names = ['SIGTERM', 'SIGINT'] as const
  for (const name of names) process.on(name, once)
  return {
    end: () => {
      for (const name of names) process.off(name, once)
    },
  }
}

function welcome({ app, firstToken }: Appliance, { url }: HttpServer): string {
  const { settings } = app
  const lines = [
    `Earshot ${version} is running.`,
    '',
    `  API       ${url}/api/v1`,
    `  Docs      ${url}/docs and ${url}/redoc`,
    `  Health    ${url}/health`,
    `  Data      ${settings.data}`,
    `  Plugins   ${settings.plugins}`,
  ]
  const token = [
    '',
    '  Platform token, shown this once:',
    '',
    `    ${firstToken}`,
    '',
    '  More tokens: earshot token create --scope workspace',
  ]
  return [...lines, ...(firstToken ? token : []), ''].join('\n')
}
