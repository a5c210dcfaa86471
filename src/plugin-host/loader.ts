import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brokenEntry, type Described, describePlugin, type LoadedPlugin } from './describe.ts'
import { describeError } from './errors.ts'
import type { Marker } from './marker.ts'
import type { CatalogueEntry, Init, Source } from './messages.ts'
import { offerModules } from './modules.ts'
import { SHIPPED } from './shipped.ts'

export interface Loaded {
  catalogue: CatalogueEntry[]
  plugins: Map<string, LoadedPlugin>
}

/** Imports every source alone: what one of them does wrong stands in its own entry. */
export async function loadPlugins(init: Init, marker: Marker): Promise<Loaded> {
  offerModules()
  const loaded: Loaded = { catalogue: [], plugins: new Map() }
  for (const [index, source] of init.sources.entries()) {
    marker.loading(index)
    addSource(loaded, source, await loadSource(init, source))
    marker.leave()
  }
  return loaded
}

async function loadSource(init: Init, source: Source): Promise<Described | string> {
  try {
    const path = source.shipped ? null : join(init.folder ?? '.', source.name)
    const module = path ? await importFile(path) : await SHIPPED[source.name]!()
    return describePlugin(source, path, module.default)
  } catch (error) {
    return describeError(error)
  }
}

const importFile = (path: string): Promise<{ default: unknown }> => import(pathToFileURL(path).href)

/** Files come before the shipped ones and so take their place; between files the first one has the id. */
function addSource({ catalogue, plugins }: Loaded, source: Source, found: Described | string) {
  if (typeof found === 'string') return void catalogue.push(brokenEntry(source, found))
  const holder = catalogue.find((each) => each.id === found.entry.id && each.error === null)
  if (holder && source.shipped && !holder.shipped) return
  if (holder) {
    const error = `The id «${holder.id}» is already taken by ${holder.file ?? 'a shipped plugin'}.`
    return void catalogue.push(brokenEntry(source, error, holder.id))
  }
  catalogue.push(found.entry)
  plugins.set(found.loaded.id, found.loaded)
}
