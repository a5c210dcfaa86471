import { brokenEntry } from './describe.ts'
import type { Host, Loading } from './hosts.ts'
import type { CatalogueEntry, Source } from './messages.ts'
import type { Files } from './watch.ts'

const MAX_ATTEMPTS = 3

/** One reading of the plugins folder. */
export interface Generation {
  catalogue: CatalogueEntry[]
  byId: Map<string, CatalogueEntry>
  files: Files
}

export interface Reading {
  generation: Generation
  /** Has it all loaded, and takes work. */
  host: Host
  jit: boolean
}

/** Loads every source in a fresh host; what hangs or kills it is left out and listed with the reason. */
export async function readPlugins(
  files: Files,
  shipped: string[],
  open: (sources: Source[]) => Host,
): Promise<Reading> {
  const broken: CatalogueEntry[] = []
  for (let attempts = 0; ; ) {
    const left = allSources(files, shipped).filter((source) => !isBroken(broken, source))
    const host = open(left)
    const loading = await host.ready
    if (loading.ok)
      return { generation: toGeneration(loading.catalogue, broken, files), host, jit: loading.jit }
    const source = left[loading.loading]
    if (source) broken.push(brokenEntry(source, reasonOf(loading)))
    else if (++attempts >= MAX_ATTEMPTS)
      throw new Error(`The plugin host does not start: ${explain(loading, host)}`)
  }
}

const allSources = (files: Files, shipped: string[]): Source[] => [
  ...[...files.keys()].map((name) => ({ name, shipped: false })),
  ...shipped.map((name) => ({ name, shipped: true })),
]

const isBroken = (broken: CatalogueEntry[], { name, shipped }: Source) =>
  broken.some((entry) => entry.source.name === name && entry.source.shipped === shipped)

type Failed = Exclude<Loading, { ok: true }>

const reasonOf = ({ message }: Failed) =>
  message.endsWith('.') ? message : `The process ended while the file was loaded (${message}).`

const explain = ({ message }: Failed, host: Host) =>
  [message, host.stderr().trim()].filter(Boolean).join(': ')

function toGeneration(loaded: CatalogueEntry[], broken: CatalogueEntry[], files: Files): Generation {
  const catalogue = [...loaded, ...broken]
  const byId = new Map(catalogue.filter((entry) => !entry.error).map((entry) => [entry.id, entry]))
  return { catalogue, byId, files }
}
