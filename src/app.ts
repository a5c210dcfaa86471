import type { Catalogue } from './core/algorithms/catalogue.ts'
import type { SectionKeepers } from './core/config/configs.ts'
import type { Db } from './db/db.ts'
import type { Clock } from './lib/clock.ts'
import type { Gauges } from './lib/gauges.ts'
import type { Log } from './lib/log.ts'
import type { Meters } from './lib/meters.ts'
import type { Outbound } from './lib/outbound.ts'
import type { Cursors } from './lib/page.ts'
import type { Sealer } from './lib/sealed.ts'
import type { Pool } from './plugin-host/pool.ts'
import type { Settings } from './settings.ts'

export interface QueueDepth {
  kind: string
  ready: number
  waiting: number
  running: number
  /** Since when the first of those that are ready could have begun, in ms. */
  oldestAt: number | null
}

/** What touches the world. Made once, in `boot`, and passed as the first parameter to whoever needs it. */
export interface App {
  settings: Settings
  version: string
  db: Db
  log: Log
  clock: Clock
  sealer: Sealer
  cursors: Cursors
  outbound: Outbound
  plugins: Pool
  /** The algorithms that are loaded now. */
  catalogue(): Catalogue
  /** Ids of the transcribers that are loaded now. */
  transcribers(): string[]
  /** What sections of the configuration need besides storing. */
  keepers: SectionKeepers
  /** SHA-256 of the platform token that the operator gave from outside. */
  operatorTokenHash: string | undefined
  /** Absolute paths. */
  folders: { recordings: string; temporary: string }
  /** Milliseconds since the epoch. */
  startedAt: number
  /** True from the moment that a stop was asked for. */
  stopping(): boolean
  /** For what would go on for ever: aborted when a stop is asked for. */
  stopSignal: AbortSignal
  /** How the things outside have been doing. */
  gauges: Gauges
  /** What `/metrics` counts. */
  meters: Meters
  queueDepth(): Promise<QueueDepth[]>
}
