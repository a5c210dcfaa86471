import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const AREAS = ['tenancy', 'config', 'webhooks', 'algorithms', 'calls', 'jobs', 'voice', 'billing', 'stats']
const DIALECTS = ['gensail', 'roark', 'callgenius', 'voicera']

/** What the files under a folder may import besides their own folder; the longest match counts. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/lib': [],
  'src/text': ['src/lib'],
  'src/audio': ['src/lib'],
  'src/db': ['src/lib'],
  'src/queue': ['src/db', 'src/lib'],
  'src/model': ['src/lib'],
  'src/plugin-host': ['src/lib', 'src/text', 'src/model', 'plugins'],
  'src/pipeline': [
    'src/app',
    'src/core',
    'src/queue',
    'src/plugin-host',
    'src/audio',
    'src/lib',
    'src/db/db',
  ],
  'src/http': ['src/app', 'src/core', 'src/lib', 'src/text', 'src/db/db'],
  plugins: ['src/plugin-host/contract', 'src/text/index', 'src/model/index'],
  ...Object.fromEntries(AREAS.map((area, at) => [`src/core/${area}`, areasUpTo(at)])),
  ...Object.fromEntries(
    DIALECTS.map((name) => [`src/http/${name}`, ['src/app', 'src/core', 'src/lib', 'src/text', 'src/db/db']]),
  ),
}
/** What the plugins see of the contract is the language of these modules too: its types alone. */
const MAY_IMPORT_TYPES: Record<string, string[]> = {
  'src/text': ['src/plugin-host/contract'],
  'src/audio': ['src/plugin-host/contract'],
  'src/model': ['src/plugin-host/contract'],
}
const NO_DIALECT_FROM_OUTSIDE = new RegExp(`^src/http/(${DIALECTS.join('|')})/(?!index)`)
/** Who puts everything together: commands, the boot sequence, the care of the data folder, the demo. */
const COMPOSITION = /^src\/(cli|ops|demo|scheduler|dashboard|boot|main|build|settings|version|app)\b/
const SPEAKS_SQL = /\.sql\.ts$|^src\/(db|queue)\//
const SQL = /\b(SELECT\s[^'"]*\sFROM|INSERT INTO|DELETE FROM|UPDATE\s+\w+\s+SET|CREATE (TABLE|INDEX))\b/

function areasUpTo(at: number): string[] {
  const before = AREAS.slice(0, at).map((area) => `src/core/${area}`)
  return [...before, 'src/db', 'src/queue/tasks', 'src/lib', 'src/text']
}

interface Source {
  path: string
  code: string
  imports: { path: string; isType: boolean }[]
}

const sources: Source[] = [...new Bun.Glob('{src,plugins}/**/*.ts').scanSync(ROOT)]
  .sort()
  .map((path) => ({ path, code: readFileSync(join(ROOT, path), 'utf8') }))
  .map(({ path, code }) => ({ path, code: withoutComments(code), imports: importsOf(path, code) }))

function importsOf(path: string, code: string) {
  const found = code.matchAll(/(?:^(?:import|export)\s(type\s)?[^'"()]*?from\s|import\()\s*'([^']+)'/gm)
  return [...found]
    .map(([, type, name]) => ({ path: resolve(path, name!), isType: type !== undefined }))
    .filter((imported): imported is { path: string; isType: boolean } => imported.path !== undefined)
}

/** Undefined for packages. */
function resolve(from: string, name: string): string | undefined {
  if (name === 'earshot/plugin') return 'src/plugin-host/contract.ts'
  if (name === 'earshot/text') return 'src/text/index.ts'
  if (name === 'earshot/model') return 'src/model/index.ts'
  const path = name.startsWith('.') ? normalize(join(dirname(from), name)) : 'node_modules'
  return path.startsWith('node_modules') ? undefined : path
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

const within = (path: string, place: string) =>
  path === place || path === `${place}.ts` || path.startsWith(`${place}/`)

const typesFor = (home: string, imported: string) =>
  (MAY_IMPORT_TYPES[home] ?? []).some((place) => within(imported, place))

const homeOf = (path: string) =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => within(path, folder))
    .sort((one, other) => other.length - one.length)[0]

test('every file imports only what its layer may', () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const home = homeOf(path)
    if (!home) return COMPOSITION.test(path) ? [] : [`${path} belongs to no layer`]
    const allowed = [home, ...MAY_IMPORT[home]!]
    const sharedHttp = (imported: string) => /^src\/http\/[\w-]+\.ts$/.test(imported)
    return imports
      .filter(({ path: imported }) => !allowed.some((place) => within(imported, place)))
      .filter(({ path: imported, isType }) => !(isType && typesFor(home, imported)))
      .filter(({ path: imported }) => !(home.startsWith('src/http/') && sharedHttp(imported)))
      .filter(({ path: imported }) => imported !== 'package.json' && imported !== 'src/version.ts')
      .map(({ path: imported }) => `${path} imports ${imported}`)
  })
  expect(wrong).toEqual([])
})

test('nobody reaches into a dialect but by its index', () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ path: imported }) => NO_DIALECT_FROM_OUTSIDE.test(imported))
      .filter(({ path: imported }) => dirname(imported).split('/')[2] !== path.split('/')[2])
      .map(({ path: imported }) => `${path} imports ${imported}`),
  )
  expect(wrong).toEqual([])
})

test('the app is imported for its types alone', () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports.filter((one) => one.path === 'src/app.ts' && !one.isType).map(() => path),
  )
  expect(wrong).toEqual([])
})

test('no file imports itself by way of others', () => {
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ isType }) => !isType).map((imported) => imported.path),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  function visit(path: string, way: string[]) {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (done.has(path) || way.includes(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  expect(cycles).toEqual([])
})

test('SQL is spoken only where it belongs', () => {
  const wrong = sources.filter(({ path, code }) => !SPEAKS_SQL.test(path) && SQL.test(code))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

/** Those who start programs pass on what these need, and nothing of it is a setting. */
test('the environment is read by the settings, to which the main program hands it', () => {
  const allowed = /^src\/(settings|main)\.ts$|^src\/plugin-host\/|^plugins\/command\.ts$/
  const wrong = sources.filter(
    ({ path, code }) => !allowed.test(path) && /\b(process|Bun)\.env\b(?!\.PATH\b)/.test(code),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})
