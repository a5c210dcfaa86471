import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boot } from '../boot.ts'
import { findRecogniser } from '../demo/recogniser.ts'
import { runDemo } from '../demo/run.ts'
import { newToken } from '../lib/ids.ts'
import { type Command, printJson } from './command.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'run the main job on sample calls; --keep stays up afterwards',
  flags: { keep: { type: 'boolean' } },
  async run({ json, flags, settings: read }) {
    const data = mkdtempSync(join(tmpdir(), 'earshot-demo-'))
    const token = newToken()
    const { name, settings } = findRecogniser({
      ...read(),
      data,
      plugins: join(data, 'plugins'),
      port: 0,
      host: '127.0.0.1',
      token,
      allow_networks: ['127.0.0.0/8'],
      log_level: 'error',
    })
    const appliance = await boot(settings)
    const print = json ? () => undefined : (line: string) => console.log(line)
    try {
      const { url } = await appliance.start()
      print(`Earshot is running at ${url} on an empty data folder.\n`)
      const report = await runDemo(appliance.app, { url, token, recogniser: name, print })
      if (json) printJson(report)
      if (flags.keep) await keep(url, token, print)
      return report.problems.length === 0 ? 0 : 1
    } finally {
      await appliance.stop()
      rmSync(data, { recursive: true, force: true })
    }
  },
}

async function keep(url: string, token: string, print: (line: string) => void) {
  print(
    `\nStaying up. Stop with Ctrl-C.\n\n  API    ${url}/api/v1\n  Docs   ${url}/docs\n  Token  ${token}\n`,
  )
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
