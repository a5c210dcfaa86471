import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadKey } from '../lib/sealed.ts'
import type { Settings } from '../settings.ts'

type Place = Pick<Settings, 'data'>

/** What lies where in the data folder. */
export const databasePath = ({ data }: Place) => join(data, 'earshot.db')
export const keyPath = ({ data }: Place) => join(data, 'earshot.key')
export const recordingsPath = ({ data }: Place) => join(data, 'recordings')
export const temporaryPath = ({ data }: Place) => join(data, 'tmp')

/** The key of the settings, else of the key file; undefined when there is neither yet. */
export function keyInUse(settings: Pick<Settings, 'data' | 'key'>): Uint8Array | undefined {
  const file = keyPath(settings)
  if (settings.key === undefined && !existsSync(file)) return undefined
  return loadKey({ fromSetting: settings.key, file, create: false })
}
