import { existsSync } from 'node:fs'
import { type Inspection, inspectDatabase } from '../db/inspect.ts'
import { databasePath } from './data-folder.ts'
import { databaseChecks } from './doctor-database.ts'
import { machineChecks } from './doctor-machine.ts'
import { neighbourChecks } from './doctor-neighbours.ts'
import { type Check, type Finding, fail, type Patient } from './findings.ts'

export interface CheckResult extends Finding {
  name: string
}

const CHECKS: Check[] = [...machineChecks, ...databaseChecks, ...neighbourChecks]

/** Looks at everything an installation needs and changes nothing, also beside a running instance. */
export async function doctor(
  settings: Patient['settings'],
  options: Patient['options'] = {},
): Promise<CheckResult[]> {
  const opened = open(databasePath(settings))
  const database = typeof opened === 'string' ? undefined : opened
  const patient: Patient = { settings, options, database }
  try {
    const results = await Promise.all(CHECKS.map((check) => look(check, patient)))
    return typeof opened === 'string' ? [...results, { name: 'database', ...fail(opened) }] : results
  } finally {
    database?.close()
  }
}

async function look(check: Check, patient: Patient): Promise<CheckResult> {
  try {
    return { name: check.name, ...(await check.look(patient)) }
  } catch (error) {
    return { name: check.name, ...fail((error as Error).message) }
  }
}

/** A sentence when there is a database that cannot be opened. */
function open(path: string): Inspection | string | undefined {
  if (!existsSync(path)) return undefined
  try {
    return inspectDatabase(path)
  } catch (error) {
    return `${path} cannot be opened: ${(error as Error).message}`
  }
}
