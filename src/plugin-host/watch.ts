import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'

const POLL = 2000
const DEBOUNCE = 150
const PLUGIN_FILE = /^[^._].*\.(ts|js|mjs)$/
const NO_PLUGIN = /(\.test\.(ts|js|mjs)|\.d\.ts)$/

/** Name → what changes when the file does. A folder that is not there is empty. */
export type Files = Map<string, string>

export function listPluginFiles(folder: string | null): Files {
  const files: Files = new Map()
  for (const name of folder ? readNames(folder) : []) {
    const mark = PLUGIN_FILE.test(name) && !NO_PLUGIN.test(name) ? markOf(join(folder!, name)) : undefined
    if (mark) files.set(name, mark)
  }
  return files
}

/** Calls `onChange` after a plugin file came, went or changed, once things are quiet. Returns how to stop. */
export function watchPlugins(folder: string, onChange: (files: Files) => void): () => void {
  let known = listPluginFiles(folder)
  let watcher: FSWatcher | null = null
  let settling: ReturnType<typeof setTimeout> | undefined
  let seen = known

  /** Polling also finds the folder when it comes later, and what the file system does not report. */
  const look = () => {
    watcher ??= tryWatch(folder, look, () => (watcher = null))
    const files = listPluginFiles(folder)
    if (isSame(files, seen)) return
    seen = files
    clearTimeout(settling)
    settling = setTimeout(tell, DEBOUNCE)
  }
  const tell = () => {
    const files = listPluginFiles(folder)
    if (!isSame(files, seen)) return look()
    if (isSame(files, known)) return
    known = files
    onChange(files)
  }

  look()
  const poll = setInterval(look, POLL)
  poll.unref()
  return () => {
    clearInterval(poll)
    clearTimeout(settling)
    watcher?.close()
  }
}

function tryWatch(folder: string, onEvent: () => void, onEnd: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent)
    watcher.on('error', () => {
      watcher.close()
      onEnd()
    })
    return watcher
  } catch {
    return null
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function markOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : undefined
}

const isSame = (a: Files, b: Files) =>
  a.size === b.size && [...a].every(([name, mark]) => b.get(name) === mark)
