import { lookup } from 'node:dns/promises'
import { tmpdir } from 'node:os'
import { SECOND } from '../lib/clock.ts'
import { createPool } from '../plugin-host/pool.ts'
import { type Check, fail, ok, type Patient, warn } from './findings.ts'
import { findEndpointUrls } from './inventory.sql.ts'

const PATIENCE_MS = 3 * SECOND
const MOST_HOSTS = 50

export const neighbourChecks: Check[] = [
  { name: 'plugins', look: plugins },
  { name: 'transcriber openai', look: openai },
  { name: 'transcriber command', look: command },
  { name: 'ffmpeg', look: ffmpeg },
  { name: 'webhook endpoints', look: endpoints },
]

async function plugins({ settings, options }: Patient) {
  const pool = createPool({
    folder: settings.plugins,
    secrets: settings.secrets,
    tempFolder: tmpdir(),
    command: options.hostCommand,
  })
  try {
    await pool.ready()
    const found = pool.catalogue()
    const broken = found.filter(({ error }) => error !== null)
    if (broken.length === 0) return ok(`${found.length} load`)
    return warn(broken.map(({ id, file, error }) => `${file ?? id}: ${error}`).join('; '))
  } finally {
    await pool.close()
  }
}

async function openai({ settings }: Patient) {
  const base = settings.transcribers.openai?.base_url
  if (typeof base !== 'string') return ok('Not set up')
  try {
    const response = await fetch(`${base.replace(/\/+$/, '')}/models`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await response.body?.cancel()
    return response.status < 500 ? ok(`${base} answers`) : warn(`${base} answers ${response.status}`)
  } catch (error) {
    return fail(`${base} does not answer: ${(error as Error).message}`)
  }
}

function command({ settings }: Patient) {
  const program = settings.transcribers.command?.program
  if (typeof program !== 'string') return ok('Not set up')
  const found = Bun.which(program)
  return found ? ok(found) : fail(`There is no program ${program}`)
}

function ffmpeg() {
  const found = Bun.which('ffmpeg')
  return found ? ok(found) : warn('Not installed: recordings other than WAV and MP3 cannot be read')
}

async function endpoints({ database }: Patient) {
  const urls = database ? await findEndpointUrls(database) : []
  const hosts = [...new Set(urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, '')))]
  const lost = await Promise.all(
    hosts.slice(0, MOST_HOSTS).map(async (host) => ((await resolves(host)) ? undefined : host)),
  )
  const unknown = lost.filter((host) => host !== undefined)
  if (unknown.length > 0) return warn(`These hosts have no address: ${unknown.join(', ')}`)
  return ok(`${hosts.length} host${hosts.length === 1 ? '' : 's'}`)
}

function resolves(host: string): Promise<boolean> {
  const found = lookup(host).then(
    () => true,
    () => false,
  )
  return Promise.race([found, Bun.sleep(PATIENCE_MS).then(() => false)])
}
