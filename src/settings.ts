import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import {
  delays,
  httpUrl,
  networks,
  onOff,
  seconds,
  secretKey,
  size,
  text,
  wholeNumber,
} from './lib/setting-kinds.ts'

/** A setting that cannot be used: one line for the operator, exit code 2. */
export class WrongSetting extends Error {}

const MB = 1024 * 1024

const duration = seconds(0.05, 86_400)

/** Every setting, once: its name in `earshot.toml`, its default and what it may be. */
const schema = z.object({
  host: text('a name or an address to listen on').default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(8484),
  data: text('a folder').default('./earshot-data'),
  plugins: text('a folder').optional(),
  token: z.string().min(16, 'needs at least 16 characters').optional(),
  key: secretKey.optional(),
  public_url: httpUrl.optional(),
  trusted_proxies: networks.default([]),
  allow_networks: networks.default([]),
  rate_limits: onOff.default(true),
  /** Whether `/metrics` needs a platform token. */
  metrics: z.enum(['token', 'open']).default('token'),
  max_body: size.default(10 * MB),
  max_upload: size.default(500 * MB),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  plugin_hosts: wholeNumber(1, 32).default(1),
  plugin_memory: size.default(512 * MB),
  algorithm_timeout: duration.default(60),
  transcriber_timeout: duration.default(900),
  /** An OpenAI-compatible server for the algorithms that ask a language model, and the model they ask. */
  model_url: httpUrl.optional(),
  model: text('the name of a model').optional(),
  model_timeout: duration.default(300),
  model_concurrency: wholeNumber(1, 1000).default(16),
  stop_timeout: duration.default(10),
  webhook_timeout: duration.default(15),
  /** Seconds between the attempts of a delivery. */
  webhook_retries: delays.default([5, 300, 1800, 7200, 18_000, 36_000, 36_000]),
  webhook_concurrency: wholeNumber(1, 256).default(64),
  audio_fetch_timeout: duration.default(300),
  /** Seconds between the attempts to fetch a recording. */
  audio_fetch_retries: delays.default([2, 10, 60, 300]),
  /** The transcriber of calls whose workspace names none. */
  transcriber: text('the id of a transcriber').optional(),
  openai_url: httpUrl.optional(),
  openai_model: text().optional(),
  command_program: text('a program').optional(),
  command_args: text().optional(),
  command_model: text().optional(),
  command_format: z.enum(['whisper-cpp', 'pocketsphinx', 'text', 'json']).optional(),
})

export type SettingName = keyof z.infer<typeof schema>

export interface Settings extends z.infer<typeof schema> {
  data: string
  plugins: string
  /** `EARSHOT_SECRET_<NAME>` and the `[secrets]` table: what plugins may ask for by name. */
  secrets: Record<string, string>
  /** What the operator sets for each transcriber, by its id: `[transcribers.<id>]` and the shorthands above. */
  transcribers: Record<string, Record<string, unknown>>
}

export const settingNames = Object.keys(schema.shape) as SettingName[]
/** Their values may also stand in a file named by `EARSHOT_<NAME>_FILE`. */
const secretNames: SettingName[] = ['token', 'key']
const SECRET_PREFIX = 'EARSHOT_SECRET_'

export type Environment = Record<string, string | undefined>
export type Flags = Record<string, string | undefined>

/** Flags before the environment before `earshot.toml` before the defaults. */
export function readSettings(flags: Flags, environment: Environment): Settings {
  const fromEnvironment = readEnvironment(environment)
  const data = resolve(flags.data ?? fromEnvironment.data ?? './earshot-data')
  const file = readFile(flags.config, join(data, 'earshot.toml'))
  const { secrets: fileSecrets, transcribers: fileTranscribers, ...fileSettings } = file
  const given = { ...fileSettings, ...fromEnvironment, ...pickNames(flags) }
  refuseUnknown(fileSettings)
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw wrong(parsed.error, flags, fromEnvironment)
  const settings = parsed.data
  return {
    ...settings,
    data: resolve(settings.data),
    plugins: resolve(settings.plugins ?? join(settings.data, 'plugins')),
    transcribers: transcriberSettings(settings, fileTranscribers),
    secrets: { ...stringValues(fileSecrets), ...environmentSecrets(environment) },
  }
}

function transcriberSettings(
  settings: z.infer<typeof schema>,
  fromFile: unknown,
): Record<string, Record<string, unknown>> {
  const tables = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(fromFile ?? {})
  if (!tables.success)
    throw new WrongSetting('transcribers in earshot.toml: expects a table for each transcriber')
  const openai = { base_url: settings.openai_url, model: settings.openai_model }
  const command = {
    program: settings.command_program,
    args: settings.command_args?.split(/\s+/).filter(Boolean),
    format: settings.command_format,
    model: settings.command_model,
  }
  return {
    ...tables.data,
    openai: { ...tables.data.openai, ...withoutUndefined(openai) },
    command: { ...tables.data.command, ...withoutUndefined(command) },
  }
}

function readEnvironment(environment: Environment): Flags {
  const found: Flags = {}
  for (const name of settingNames) {
    const variable = `EARSHOT_${name.toUpperCase()}`
    const value = environment[variable]
    if (value !== undefined && value !== '') found[name] = value
    else if (secretNames.includes(name)) found[name] = secretFile(environment, variable)
  }
  return withoutUndefined(found)
}

function secretFile(environment: Environment, variable: string): string | undefined {
  const path = environment[`${variable}_FILE`]
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new WrongSetting(`${variable}_FILE names a file that cannot be read: ${path}`)
  }
}

function environmentSecrets(environment: Environment): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(SECRET_PREFIX) || !value) continue
    const name = variable.slice(SECRET_PREFIX.length)
    if (name.endsWith('_FILE')) {
      const target = name.slice(0, -'_FILE'.length)
      found[target] = secretFile(environment, `${SECRET_PREFIX}${target}`) ?? ''
    } else found[name] = value
  }
  return found
}

function readFile(named: string | undefined, usual: string): Record<string, unknown> {
  const path = named ?? (existsSync(usual) ? usual : undefined)
  if (!path) return {}
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new WrongSetting(`The settings file ${path} cannot be read`)
  }
  try {
    return Bun.TOML.parse(text) as Record<string, unknown>
  } catch (error) {
    throw new WrongSetting(`The settings file ${path} is not valid TOML: ${(error as Error).message}`)
  }
}

function refuseUnknown(fileSettings: Record<string, unknown>) {
  const unknown = Object.keys(fileSettings).find((name) => !settingNames.includes(name as SettingName))
  if (unknown) throw new WrongSetting(`earshot.toml has an unknown setting: ${unknown}`)
}

function wrong(error: z.ZodError, flags: Flags, environment: Flags): WrongSetting {
  const issue = error.issues[0]!
  const name = String(issue.path[0])
  const label =
    flags[name] !== undefined
      ? `--${name.replaceAll('_', '-')}`
      : environment[name] !== undefined
        ? `EARSHOT_${name.toUpperCase()}`
        : `${name} in earshot.toml`
  return new WrongSetting(`${label}: ${issue.message}`)
}

function pickNames(flags: Flags): Flags {
  return withoutUndefined(Object.fromEntries(settingNames.map((name) => [name, flags[name]])))
}

const withoutUndefined = <Value>(values: Record<string, Value | undefined>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  )

const stringValues = (table: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((table ?? {}) as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
  )
