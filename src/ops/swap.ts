import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspectDatabase } from '../db/inspect.ts'
import { openDb } from '../db/sqlite.ts'
import { syncFolder } from '../lib/files.ts'
import type { Settings } from '../settings.ts'
import { DATABASE } from './archive.ts'
import { databasePath, recordingsPath } from './data-folder.ts'

const PRIVATE_FOLDER = 0o700
const LOG_FILES = ['-wal', '-shm']
const ALL_FILES = ['', ...LOG_FILES]

/**
 * Recordings first: their names are unique, so that they harm nobody before the database names them. Then the
 * database by one rename: at no moment is there none. What was there stays beside it until the new one was opened.
 */
export function putInPlace(settings: Settings, staging: string) {
  moveRecordings(join(staging, 'recordings'), recordingsPath(settings))
  const database = databasePath(settings)
  const before = `${database}.replaced`
  if (existsSync(database)) setAside(database, before)
  renameSync(join(staging, DATABASE), database)
  syncFolder(settings.data)
  openOrPutBack(database, before)
  for (const suffix of ALL_FILES) rmSync(before + suffix, { force: true })
}

function moveRecordings(from: string, to: string) {
  mkdirSync(to, { recursive: true, mode: PRIVATE_FOLDER })
  for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name))
  syncFolder(to)
}

/** The old write-ahead log must not meet the new database: it would be played into it. */
function setAside(database: string, before: string) {
  for (const suffix of ALL_FILES) rmSync(before + suffix, { force: true })
  if (!foldLog(database)) moveFiles(database, before, LOG_FILES)
  try {
    linkSync(database, before)
  } catch {
    copyFileSync(database, before) // a file system without links
  }
}

function foldLog(database: string): boolean {
  try {
    openDb(database).close()
  } catch {
    return false // damaged: perhaps the very reason for the restore
  }
  return LOG_FILES.every((suffix) => !existsSync(database + suffix))
}

function moveFiles(from: string, to: string, suffixes: string[]) {
  for (const suffix of suffixes) if (existsSync(from + suffix)) renameSync(from + suffix, to + suffix)
}

function openOrPutBack(database: string, before: string) {
  try {
    inspectDatabase(database).close()
  } catch (error) {
    moveFiles(before, database, ALL_FILES)
    throw error
  }
}
