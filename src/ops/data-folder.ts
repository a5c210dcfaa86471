import { join } from 'node:path'
import type { Settings } from '../settings.ts'

type Place = Pick<Settings, 'data'>

/** What lies where in the data folder. */
export const databasePath = ({ data }: Place) => join(data, 'earshot.db')
export const keyPath = ({ data }: Place) => join(data, 'earshot.key')
export const recordingsPath = ({ data }: Place) => join(data, 'recordings')
export const temporaryPath = ({ data }: Place) => join(data, 'tmp')
