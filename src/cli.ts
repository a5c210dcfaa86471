import { parseArgs } from 'node:util'
import { backup, restore } from './cli/backup.ts'
import { type Command, ExpectedFailure, type Invocation, WrongUse } from './cli/command.ts'
import { demo } from './cli/demo.ts'
import { doctor } from './cli/doctor.ts'
import { health } from './cli/health.ts'
import { migrate } from './cli/migrate.ts'
import { plugins } from './cli/plugins.ts'
import { serve } from './cli/serve.ts'
import { stats } from './cli/stats.ts'
import { token } from './cli/token.ts'
import { version } from './cli/version.ts'
import { isUnwritable } from './db/db.ts'
import { NewerSchema } from './db/migrate.ts'
import { Refusal } from './lib/refusal.ts'
import { ensureLoadableTemp } from './ops/temp-folder.ts'
import { type Environment, readSettings, settingNames, WrongSetting } from './settings.ts'

const commands: Record<string, Command> = {
  serve,
  demo,
  token,
  plugins,
  migrate,
  backup,
  restore,
  stats,
  doctor,
  health,
  version,
}

const settingFlags = Object.fromEntries(
  settingNames.map((name) => [name.replaceAll('_', '-'), { type: 'string' as const }]),
)

/** Whatever is written is for its owner alone: the database holds what people said on the phone. */
const UMASK = 0o077

/** Exit code 0: done, 1: failed, 2: wrong use or settings. */
export async function runCli(args: string[], environment: Environment): Promise<void> {
  process.umask(UMASK)
  try {
    process.exitCode = await run(args, environment)
  } catch (error) {
    process.exitCode = report(error)
  }
}

async function run([name, ...rest]: string[], environment: Environment): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help()
  if (name === '--version' || name === '-v') return run(['version'], environment)
  const command = commands[name]
  if (!command) throw new WrongUse(`There is no command «${name}»; earshot help lists them`)
  return command.run(invocation(command, rest, environment))
}

function invocation(command: Command, args: string[], environment: Environment): Invocation {
  const { values, positionals } = parse(command, args)
  const flags = Object.fromEntries(
    Object.entries(values).map(([flag, value]) => [flag.replaceAll('-', '_'), value as string]),
  )
  const most = command.positionals?.length ?? 0
  if (positionals.length > most) throw new WrongUse(`Too many arguments: earshot ${usage(command)}`)
  return {
    positionals,
    flags: values,
    json: values.json === true,
    settings: () => {
      const settings = readSettings(flags, environment)
      ensureLoadableTemp(settings.data, environment)
      return settings
    },
    environment,
  }
}

function parse(command: Command, args: string[]) {
  const options = {
    ...settingFlags,
    ...command.flags,
    config: { type: 'string' as const },
    json: { type: 'boolean' as const },
  }
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new WrongUse((error as Error).message.split('. ')[0]!)
  }
}

const usage = ({ name, positionals = [] }: Command) => [name, ...positionals].join(' ')

function help(): number {
  const width = Math.max(...Object.values(commands).map((command) => usage(command).length))
  const lines = Object.values(commands).map(
    (command) => `  ${usage(command).padEnd(width)}  ${command.summary}`,
  )
  console.log(`Earshot: call recordings and transcripts in, signed results out.

  earshot COMMAND [--setting VALUE] [--json]

${lines.join('\n')}

Settings are flags (--port 9000), variables (EARSHOT_PORT=9000) or lines of earshot.toml in the data folder
(port = 9000):
  ${settingNames.map((name) => `--${name.replaceAll('_', '-')}`).join(' ')}`)
  return 0
}

/** Expected endings are one line; anything else is a defect and shows where. */
function report(error: unknown): number {
  if (error instanceof WrongUse || error instanceof WrongSetting) {
    console.error(`earshot: ${error.message}`)
    return 2
  }
  const expected =
    error instanceof Refusal ||
    error instanceof NewerSchema ||
    error instanceof ExpectedFailure ||
    isSystemError(error)
  console.error(expected ? `earshot: ${error.message}` : error)
  return 1
}

/** A missing file, a full disk, a lack of rights: the operator's to mend, and the message says what. */
const isSystemError = (error: unknown): error is Error =>
  isUnwritable(error) ||
  (error instanceof Error &&
    'syscall' in error &&
    /^E[A-Z0-9]+$/.test(String((error as { code?: unknown }).code)))
