import { type Events, hasReached, isAfter, moved, type Position, readEvents } from '../core/jobs/events.ts'
import type { Db } from '../db/db.ts'

/** Of each source at a time. */
const PAGE = 500
/** What is kept for the many who follow at the same pace. */
const KEPT = 2000
/** What happens within this time is told together. */
const GATHER_MS = 10

/** The one reader of the database for all streams: those who keep up share what it has read. */
export interface Feed {
  /** What happened after a position, a page at a time. */
  after(position: Position, jobId?: number): Promise<Events>
  /** Resolves when something has happened, or after `ms`; `wake` ends it early. */
  wait(ms: number): { woken: Promise<void>; wake(): void }
}

export function eventFeed(db: Db): Feed {
  let tail: { start: Position; end: Position; events: Events['events'] } | undefined
  /** Commits with events so far, and how many of them the tail knows. */
  let told = 0
  let known = -1
  let reading: Promise<void> | undefined
  let isGathering = false
  const waiting = new Set<() => void>()
  db.on('events', () => {
    told++
    if (waiting.size === 0) tail = undefined
    else gather()
  })

  function gather() {
    if (isGathering) return
    isGathering = true
    setTimeout(() => {
      isGathering = false
      for (const wake of [...waiting]) wake()
    }, GATHER_MS)
  }

  async function after(position: Position, jobId?: number): Promise<Events> {
    if (jobId !== undefined || (tail && !hasReached(position, tail.start)))
      return readEvents(db, position, PAGE, jobId)
    if (!tail) {
      const page = await readEvents(db, position, PAGE)
      if (!page.more) tail ??= { start: position, end: page.next, events: [...page.events] }
      return page
    }
    while (tail && known !== told) await refresh()
    if (!tail || !hasReached(position, tail.start)) return readEvents(db, position, PAGE)
    const events = tail.events.filter((event) => isAfter(event, position))
    return { events, next: events.reduce(moved, position), more: false }
  }

  function refresh(): Promise<void> {
    reading ??= readOn().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readOn() {
    const from = tail
    if (!from) return
    const asked = told
    const page = await readEvents(db, from.end, PAGE)
    if (!page.more) known = asked
    from.end = page.next
    from.events.push(...page.events)
    for (const event of from.events.splice(0, from.events.length - KEPT))
      from.start = moved(from.start, event)
  }

  function wait(ms: number) {
    const { promise: woken, resolve } = Promise.withResolvers<void>()
    const timeout = setTimeout(wake, ms)
    waiting.add(wake)
    function wake() {
      clearTimeout(timeout)
      waiting.delete(wake)
      resolve()
    }
    return { woken, wake }
  }

  return { after, wait }
}
