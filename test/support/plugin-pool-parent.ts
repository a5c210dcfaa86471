import { createPool } from '../../src/plugin-host/pool.ts'
import { call, HOST_COMMAND } from './plugin-pools.ts'

/** Starts runs that never end and says so; the test then ends this process without warning. */
const [folder, tempFolder, ...ids] = process.argv.slice(2)
const pool = createPool({ folder: folder!, tempFolder: tempFolder!, shipped: [], command: HOST_COMMAND })
await pool.ready()
for (const algorithmId of ids) void pool.analyze({ call, runs: [{ algorithmId }] })
const recording = { path: 'a.wav', duration_seconds: 1, language: null, vocabulary: [] }
await pool.transcribe('hears', recording, { mode: 'leaves a child' })
void pool.transcribe('hears', recording, { mode: 'loops' })
await Bun.sleep(300)
console.log('looping')
await Bun.sleep(60_000)
