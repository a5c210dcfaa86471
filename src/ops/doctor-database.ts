import { statSync } from 'node:fs'
import { newestCreatedAt } from '../core/jobs/jobs.sql.ts'
import type { Inspection } from '../db/inspect.ts'
import { newestVersion } from '../db/migrate.ts'
import { HOUR } from '../lib/clock.ts'
import { showBytes } from '../lib/files.ts'
import { keyId } from '../lib/sealed.ts'
import { databasePath, keyInUse } from './data-folder.ts'
import { type Check, type Finding, fail, ok, type Patient, warn } from './findings.ts'
import { findSealed } from './inventory.sql.ts'

/** Four times what the log is cut at: then the cutting does not work. */
const LARGE_LOG = 256 * 1024 * 1024

export const databaseChecks: Check[] = [
  { name: 'database integrity', look: opened(integrity) },
  { name: 'database schema', look: opened(schema) },
  { name: 'database log', look: opened(log) },
  { name: 'stored secrets', look: opened(secrets) },
  { name: 'newest job', look: opened(newestJob) },
]

type Look = (database: Inspection, patient: Patient) => Finding | Promise<Finding>

function opened(look: Look): Check['look'] {
  return (patient) =>
    patient.database ? look(patient.database, patient) : ok('There is none that can be opened')
}

function integrity(database: Inspection) {
  const problems = database.findDamage('quick')
  return problems.length === 0 ? ok(`Sound, SQLite ${database.sqliteVersion}`) : fail(problems.join('; '))
}

function schema(database: Inspection) {
  const found = database.schema
  if (found > newestVersion)
    return fail(`Schema ${found} is newer than this executable, which knows ${newestVersion}`)
  return found < newestVersion
    ? warn(`Schema ${found}: the next start brings it to ${newestVersion}`)
    : ok(`Schema ${found}`)
}

function log(_database: Inspection, { settings }: Patient) {
  const bytes = statSync(`${databasePath(settings)}-wal`, { throwIfNoEntry: false })?.size ?? 0
  return bytes > LARGE_LOG ? warn(`The write-ahead log has ${showBytes(bytes)}`) : ok(showBytes(bytes))
}

/** A sealed text names its key. */
async function secrets(database: Inspection, { settings }: Patient) {
  const key = keyInUse(settings)
  const sealed = await findSealed(database)
  if (!key || sealed.length === 0) return ok(`${sealed.length} sealed`)
  const foreign = sealed.filter((text) => text.split('.')[1] !== keyId(key)).length
  return foreign === 0
    ? ok(`${sealed.length} sealed with the key in use`)
    : fail(`${foreign} of ${sealed.length} were sealed with another key and cannot be read`)
}

async function newestJob(database: Inspection) {
  const at = await newestCreatedAt(database)
  if (at === 0) return ok('None yet')
  const time = new Date(at).toISOString()
  return at > Date.now() + HOUR ? warn(`Made at ${time}, in the future: the clock went back`) : ok(time)
}
