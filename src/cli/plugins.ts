import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CatalogueEntry, createPool } from '../plugin-host/pool.ts'
import { type Command, ExpectedFailure, type Invocation, printJson, WrongUse } from './command.ts'

export const plugins: Command = {
  name: 'plugins',
  summary: 'list what is loaded and what could not be | new NAME writes an example to start from',
  positionals: ['[list|new]', '[NAME]'],
  run(invocation) {
    const [verb = 'list'] = invocation.positionals
    const action = { list, new: create }[verb]
    if (!action) throw new WrongUse('earshot plugins list|new NAME')
    return action(invocation)
  },
}

async function list({ settings: read, json }: Invocation): Promise<number> {
  const settings = read()
  const pool = createPool({ folder: settings.plugins, allowNetworks: settings.allow_networks })
  try {
    await pool.ready()
    const found = pool.catalogue()
    if (json) printJson({ folder: settings.plugins, plugins: found.map(present) })
    else for (const entry of found) console.log(line(entry))
    return 0
  } finally {
    await pool.close()
  }
}

const present = (entry: CatalogueEntry) => ({
  id: entry.id,
  type: entry.plugin,
  kind: entry.kind,
  version: entry.version,
  name: entry.name,
  description: entry.description,
  shipped: entry.shipped,
  file: entry.file,
  error: entry.error,
})

function line({ id, plugin, version, shipped, file, error, name }: CatalogueEntry): string {
  const origin = shipped ? 'shipped' : (file ?? '')
  if (error !== null) return `${id.padEnd(26)} NOT LOADED   ${origin}: ${error}`
  return `${id.padEnd(26)} ${(plugin ?? '').padEnd(12)} ${version.padEnd(8)} ${origin.padEnd(10)} ${name}`
}

/** Its template brings all language tools along, which no other command needs in this process. */
async function create({ positionals: [, name], settings: read, json }: Invocation): Promise<number> {
  const { pluginTemplate } = await import('../plugin-host/template.ts')
  const files = pluginTemplate(name ?? '')
  if (!files) throw new WrongUse('earshot plugins new NAME: small letters, digits, _ and -, a letter first')
  const { plugins: folder } = read()
  mkdirSync(folder, { recursive: true })
  const written = files.map(({ name: file, text }) => {
    const path = join(folder, file)
    if (existsSync(path) && !file.endsWith('.d.ts')) throw new ExpectedFailure(`${path} exists already`)
    writeFileSync(path, text)
    return path
  })
  if (json) printJson({ written })
  else console.log(`${written.join('\n')}\nEdit it; the running appliance takes it up at once.`)
  return 0
}
