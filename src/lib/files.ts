import { closeSync, fsyncSync, openSync, statfsSync } from 'node:fs'

/** What is left of the file system for this user, in bytes. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Names in a folder are on the disk only after this. */
export function syncFolder(folder: string) {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** `12.3 MB`, for people. */
export function showBytes(bytes: number): string {
  const at = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  const value = bytes / 1024 ** at
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[at]}`
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB']
