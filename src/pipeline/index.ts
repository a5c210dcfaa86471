import type { App } from '../app.ts'
import type { Stage } from '../queue/worker.ts'
import { analyze } from './analyze.ts'
import { deliver } from './deliver.ts'
import { transcribe } from './transcribe.ts'

/**
 * The way of a call:
 *
 *   queued ── filter ──► transcribing ──► analyzing ──► publishing ──► completed | partial | failed
 *               │         (recordings)        ▲             │
 *               └──► skipped                  │             └──► one delivery per run and endpoint
 *                                             └── calls that come with their transcript, on-demand runs, reruns
 *
 * A job waits in the queue as a task of the stage that is next. A stage decides in the transaction that claims the
 * task (`begin`), works outside of any (`perform`), and what it brings is committed together with the end of the
 * task and the task of the next stage. Filter and publish are database work alone, so they are part of those
 * transactions and have no task of their own.
 */
export const stages = (app: App): Stage[] => [deliver(app), analyze(app), transcribe(app)] as Stage[]
