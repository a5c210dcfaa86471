import { doctor as examine } from '../ops/doctor.ts'
import { type Command, printJson } from './command.ts'

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' }

export const doctor: Command = {
  name: 'doctor',
  summary: 'check data folder, disk, database, plugins and adapters',
  async run({ json, settings }) {
    const checks = await examine(settings())
    if (json) printJson({ ok: checks.every(({ status }) => status !== 'fail'), checks })
    else
      for (const { status, name, message } of checks)
        console.log(`${marks[status]}  ${name.padEnd(18)} ${message}`)
    return checks.some(({ status }) => status === 'fail') ? 1 : 0
  },
}
