import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { freeBytes, showBytes } from '../lib/files.ts'
import { keyId } from '../lib/sealed.ts'
import { version } from '../version.ts'
import { databasePath, keyInUse, keyPath } from './data-folder.ts'
import { type Check, fail, ok, type Patient, warn } from './findings.ts'
import { findInstance } from './lock.ts'
import { allowsLoading } from './temp-folder.ts'

const MB = 1024 * 1024
/** Below this even a deletion may not find the room it needs. */
const LEAST_FREE = 64 * MB
const COMFORTABLY_FREE = 1024 * MB
const FOR_OTHERS = 0o077
/** Earlier than this no executable was made: the clock was never set. */
const EARLIEST = Date.UTC(2026, 0, 1)

export const machineChecks: Check[] = [
  { name: 'version', look: () => ok(`Earshot ${version} on ${process.platform} ${process.arch}`) },
  { name: 'data folder', look: dataFolder },
  { name: 'instance', look: instance },
  { name: 'disk', look: disk },
  { name: 'temp folder', look: tempFolder },
  { name: 'key', look: key },
  { name: 'user', look: user },
  { name: 'clock', look: clock },
]

function dataFolder({ settings: { data } }: Patient) {
  const exists = existsSync(data)
  const folder = exists ? data : nearest(data)
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return fail(`${folder} cannot be written by this user`)
  }
  if (!exists) return warn(`${data} is not there yet: the first start makes it`)
  if (statSync(data).mode & FOR_OTHERS)
    return warn(`${data} is open to other users of this machine: chmod 700 ${data}`)
  return ok(data)
}

const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)))

function instance({ settings: { data } }: Patient) {
  const running = existsSync(data) ? findInstance(data) : undefined
  return ok(running ? `Running as process ${running.pid ?? 'unknown'}` : 'Not running')
}

function disk({ settings: { data } }: Patient) {
  const free = freeBytes(nearest(data))
  const message = `${showBytes(free)} free`
  if (free < LEAST_FREE) return fail(`${message}: less than the ${showBytes(LEAST_FREE)} that writing needs`)
  return free < COMFORTABLY_FREE ? warn(message) : ok(message)
}

function tempFolder() {
  const folder = tmpdir()
  if (allowsLoading(folder)) return ok(folder)
  return fail(
    `${folder} does not allow loading libraries: it is missing, read-only or mounted noexec; set TMPDIR`,
  )
}

function key({ settings }: Patient) {
  const found = keyInUse(settings)
  const file = keyPath(settings)
  if (!found) {
    const isFresh = !existsSync(databasePath(settings))
    return isFresh ? ok('The first start makes it') : fail(`${file} is missing: no stored secret can be read`)
  }
  if (settings.key !== undefined) return ok(`${keyId(found)}, from EARSHOT_KEY`)
  if (statSync(file).mode & FOR_OTHERS) return warn(`${file} is open to other users: chmod 600 ${file}`)
  return ok(`${keyId(found)}, in ${file}`)
}

function user() {
  const isRoot = process.getuid?.() === 0
  return isRoot ? warn('Running as root, which nothing here needs') : ok(`User ${process.getuid?.() ?? ''}`)
}

function clock() {
  const now = new Date()
  return now.getTime() < EARLIEST ? fail(`The clock says ${now.toISOString()}`) : ok(now.toISOString())
}
