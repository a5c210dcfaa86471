import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Build, BunPlugin } from 'bun'
import { version } from '../package.json'
import { threadFiles } from './lib/threads.ts'

const ROOT = resolve(import.meta.dir, '..')
/** Bun's name of a target and the SQLite addon that belongs to it. */
const ADDONS: Record<string, string> = {
  'bun-linux-x64': 'linux-x64',
  'bun-linux-arm64': 'linux-arm64',
  'bun-linux-x64-musl': 'linuxmusl-x64',
  'bun-linux-arm64-musl': 'linuxmusl-arm64',
  'bun-darwin-x64': 'darwin-x64',
  'bun-darwin-arm64': 'darwin-arm64',
  'bun-windows-x64': 'win32-x64',
}
const HERE = `bun-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

export interface BuildOptions {
  /** The executable to write. */
  outfile: string
  main?: string
  target?: string
  /** A Bun executable of the target; without it Bun brings one itself. */
  runtime?: string
}

/** Makes one executable that needs nothing beside it. */
export async function build({ outfile, main = 'src/main.ts', target = HERE, runtime }: BuildOptions) {
  if (!ADDONS[target])
    throw new Error(`Unknown target ${target}; known are ${Object.keys(ADDONS).join(', ')}`)
  mkdirSync(dirname(resolve(outfile)), { recursive: true })
  const workshop = mkdtempSync(join(dirname(resolve(outfile)), '.build-'))
  try {
    await compile(join(workshop, 'earshot'), main, target, runtime)
    renameSync(join(workshop, 'earshot'), outfile)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  return outfile
}

/** Source maps go into the executable; the copies that are written beside it are of no use. */
async function compile(outfile: string, main: string, target: string, runtime: string | undefined) {
  await Bun.build({
    entrypoints: [resolve(ROOT, main), ...threadFiles.map((file) => join(ROOT, 'src', file))],
    root: ROOT,
    target: 'bun',
    minify: true,
    // Compiled ahead, so that a start does not have to parse everything: a third of the time.
    bytecode: true,
    format: 'esm',
    sourcemap: 'inline',
    define: { EARSHOT_BUILD: JSON.stringify(buildInfo(target)) },
    plugins: [embedAddon(ADDONS[target]!)],
    compile: {
      target: target as Build.CompileTarget,
      outfile,
      ...(runtime ? { executablePath: runtime } : {}),
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
}

/** The package's plain entry finds its addon at run time, so it would stay behind; the one of a platform is embedded. */
function embedAddon(addon: string): BunPlugin {
  return {
    name: 'embed-sqlite-addon',
    setup(bundler) {
      bundler.onResolve({ filter: /^better-sqlite3$/ }, () => ({
        path: Bun.resolveSync(`better-sqlite3/${addon}`, ROOT),
      }))
    },
  }
}

/** The commit is unknown where there is no repository or no git. */
function buildInfo(target: string) {
  const commit = Bun.which('git')
    ? Bun.spawnSync(['git', 'rev-parse', '--short', 'HEAD'], { cwd: ROOT, stderr: 'ignore' })
        .stdout.toString()
        .trim()
    : ''
  return [version, commit, target].filter(Boolean).join(' ')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      runtime: { type: 'string' },
      outfile: { type: 'string', default: 'dist/earshot' },
    },
  })
  const outfile = await build(values)
  console.log(`${outfile} ${Math.round(Bun.file(outfile).size / 1024 / 1024)} MB`)
}
