import type { Position } from '../core/jobs/events.ts'
import { type JobEvent, moved } from '../core/jobs/events.ts'
import type { Feed } from './feed.ts'

/** Proxies and clients take a silent connection for a dead one. */
const HEARTBEAT_MS = 5000
const HEARTBEAT_SPREAD_MS = 3000
const RECONNECT_MS = 2000

export interface StreamOptions {
  from: Position
  /** Events of this job alone. */
  jobId?: number
  sees(event: JobEvent): Promise<boolean>
  present(event: JobEvent): object
  /** Asked with every heartbeat; false ends the stream. */
  mayGoOn(): Promise<boolean>
  onEnd(): void
}

/**
 * Server-sent events from a position on. They are read only when the connection has room for them: whoever reads
 * slowly is told later, from the database, and nothing piles up meanwhile.
 */
export function eventStream(feed: Feed, options: StreamOptions): { body: ReadableStream; end(): void } {
  const { from, jobId } = options
  const encoder = new TextEncoder()
  let position = from
  let beatAt = nextBeat()
  let wake = () => {}
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    wake()
    options.onEnd()
  }

  /** What to send next; undefined at the end. */
  async function next(): Promise<string | undefined> {
    while (!ended) {
      if (performance.now() >= beatAt) return beat()
      const text = await whatHappened()
      if (text !== undefined) return text
      const rest = feed.wait(beatAt - performance.now())
      wake = rest.wake
      if (!ended) await rest.woken
    }
    return undefined
  }

  /** Undefined when nothing more has happened; empty when there may be more beyond what this stream doesn't see. */
  async function whatHappened(): Promise<string | undefined> {
    const { events, more } = await feed.after(position, jobId)
    let text = ''
    for (const event of events) {
      position = moved(position, event)
      if (await options.sees(event)) text += told(event)
    }
    if (text !== '') return text
    if (!more) return undefined
    await new Promise(setImmediate)
    return ''
  }

  function told(event: JobEvent): string {
    const data = JSON.stringify(options.present(event))
    return `event: ${event.name}\nid: ${idOf(position)}\ndata: ${data}\n\n`
  }

  /** Also brings the client up to date about where to go on from, past what it does not see. */
  async function beat(): Promise<string | undefined> {
    beatAt = nextBeat()
    if (!(await options.mayGoOn())) return undefined
    return `: heartbeat\nid: ${idOf(position)}\n\n`
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) =>
        controller.enqueue(encoder.encode(`: connected\nid: ${idOf(position)}\nretry: ${RECONNECT_MS}\n\n`)),
      async pull(controller) {
        let text: string | undefined = ''
        while (text === '') text = await next()
        if (text !== undefined) return controller.enqueue(encoder.encode(text))
        end()
        controller.close()
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  )
  return { body, end }
}

const nextBeat = () => performance.now() + HEARTBEAT_MS + Math.random() * HEARTBEAT_SPREAD_MS

export const idOf = ({ log, attempt }: Position) => `${log}-${attempt}`

/** Undefined for what this installation cannot have given out. */
export function positionOf(id: string): Position | undefined {
  const [, log, attempt] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? []
  return log === undefined ? undefined : { log: Number(log), attempt: Number(attempt) }
}
