import { SUSPECTS, type Task } from './tasks.ts'
import type { Stage } from './worker.ts'

export interface Running {
  task: Task
  stage: Stage
  begun: unknown
}

const SUSPECTS_KEY = 'suspects'

/** Who is being worked on, and for whom there is room. */
export function createPlaces() {
  const running = new Map<number, Running>()
  const perKind = new Map<string, number>()
  const inLane = new Map<string, number>()
  const lastLane = new Map<string, number>()
  const seated = new Set<Running>()

  /** Makes room for another one: what is left of the work is only to be written down. */
  function leave(one: Running) {
    if (!seated.delete(one)) return
    count(perKind, one.stage.kind, -1)
    count(inLane, laneKey(one.stage, one.task.lane), -1)
  }

  return {
    running,
    free: ({ kind, concurrency }: Stage) => concurrency - (perKind.get(kind) ?? 0),
    /** Of all suspects, whatever their kind, only one may run: or an innocent one would die beside the guilty. */
    room(stage: Stage, lane: number): number {
      const limit = lane === SUSPECTS ? 1 : (stage.laneLimit?.(lane) ?? stage.concurrency)
      return limit - (inLane.get(laneKey(stage, lane)) ?? 0)
    },
    /** The place in `lanes`, which are sorted, of the one whose turn it is to go first. */
    nextLane({ kind }: Stage, lanes: number[]): number {
      const last = lastLane.get(kind)
      const next =
        last === undefined
          ? 0
          : Math.max(
              0,
              lanes.findIndex((lane) => lane > last),
            )
      lastLane.set(kind, lanes[next]!)
      return next
    },
    take(one: Running): Running {
      count(perKind, one.stage.kind, 1)
      count(inLane, laneKey(one.stage, one.task.lane), 1)
      running.set(one.task.id, one)
      seated.add(one)
      return one
    },
    leave,
    letGo(one: Running) {
      leave(one)
      // Taken over meanwhile, the task may already be here again in another attempt.
      if (running.get(one.task.id) === one) running.delete(one.task.id)
    },
  }
}

const laneKey = (stage: Stage, lane: number) => (lane === SUSPECTS ? SUSPECTS_KEY : `${stage.kind} ${lane}`)

function count(counts: Map<string, number>, key: string, by: number) {
  const next = (counts.get(key) ?? 0) + by
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}
