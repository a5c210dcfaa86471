/** The least that any server could do with the same requests: `bun floors.ts http` or `bun floors.ts sqlite FILE`. */
import Database from 'better-sqlite3'

interface Submitted {
  source_call_id: string
  transcript: unknown[]
}

type Keep = (body: Submitted) => Promise<number> | number

const keepers: Record<string, (file: string) => Keep> = { http: () => keepNothing(), sqlite: keepInRows }

function keepNothing(): Keep {
  let last = 0
  return () => ++last
}

/** Durable before the answer; what comes within one turn of the event loop shares a commit. */
function keepInRows(file: string): Keep {
  const db = new Database(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) db.pragma(pragma)
  db.exec('CREATE TABLE calls (id INTEGER PRIMARY KEY, body TEXT NOT NULL)')
  const [insert, begin, commit] = ['INSERT INTO calls (body) VALUES (?)', 'BEGIN IMMEDIATE', 'COMMIT'].map(
    (text) => db.prepare(text),
  )
  let waiting: { body: string; resolve(id: number): void }[] = []
  const flush = () => {
    const batch = waiting
    waiting = []
    begin!.run()
    const ids = batch.map(({ body }) => Number(insert!.run(body).lastInsertRowid))
    commit!.run()
    for (const [at, { resolve }] of batch.entries()) resolve(ids[at]!)
  }
  return (body) =>
    new Promise((resolve) => {
      if (waiting.push({ body: JSON.stringify(body), resolve }) === 1) setImmediate(flush)
    })
}

const [kind = '', file = ''] = process.argv.slice(2)
const keep = keepers[kind]!(file)
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    if (request.method === 'GET') return Response.json({ status: 'ok' })
    const body = (await request.json()) as Submitted
    if (typeof body.source_call_id !== 'string' || !Array.isArray(body.transcript))
      return Response.json({ detail: 'invalid' }, { status: 422 })
    return Response.json({ job_id: await keep(body), status: 'queued' }, { status: 202 })
  },
})
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.port}` }))
process.on('SIGTERM', () => process.exit(0))
