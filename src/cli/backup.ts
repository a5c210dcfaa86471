import { type Progress, backup as write } from '../ops/backup.ts'
import { restore as read } from '../ops/restore.ts'
import { type Command, printJson, WrongUse } from './command.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'copy database and recordings into one archive, also while the appliance runs',
  positionals: ['FILE'],
  async run({ positionals: [file], json, settings }) {
    if (!file) throw new WrongUse('earshot backup FILE')
    const result = await write(settings(), file, json ? undefined : progressLine())
    if (json) printJson(result)
    else console.log(`${[result.file, ...missing(result.missing)].join('\n')}\n${result.reminder}`)
    return 0
  },
}

export const restore: Command = {
  name: 'restore',
  summary: 'put a backup in place; --force replaces what is there',
  positionals: ['FILE'],
  flags: { force: { type: 'boolean' } },
  async run({ positionals: [file], flags, json, settings: readSettings }) {
    if (!file) throw new WrongUse('earshot restore FILE [--force]')
    const settings = readSettings()
    const result = await read(
      settings,
      file,
      { force: flags.force === true },
      json ? undefined : progressLine(),
    )
    if (json) printJson(result)
    else console.log([`Restored into ${settings.data}`, ...result.warnings].join('\n'))
    return 0
  },
}

const missing = (files: string[]) =>
  files.length === 0 ? [] : [`${files.length} recordings that the database names are not in the folder`]

/** One line on stderr that grows with the work; stdout is for the result. */
function progressLine(): Progress {
  let shown = ''
  return ({ stage, done, total }) => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    const line = `${stage} ${percent} %`
    if (line === shown) return
    shown = line
    process.stderr.write(
      process.stderr.isTTY ? `\r${line.padEnd(24)}` : percent % 25 === 0 ? `${line}\n` : '',
    )
    if (percent === 100 && process.stderr.isTTY) process.stderr.write('\n')
  }
}
