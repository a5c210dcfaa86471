import { createOutbound } from '../lib/outbound.ts'
import { describeError } from './errors.ts'
import { asFailure } from './failures.ts'
import { loadPlugins } from './loader.ts'
import { dieWithParent, lockDown } from './lockdown.ts'
import { openMarker } from './marker.ts'
import type { Answer, FromHost, Init, ToHost, Work } from './messages.ts'
import { openRuns, type Runs } from './runs.ts'

type Send = (message: FromHost) => void

/** The child process: loads the plugins that it is told to and answers work until its channel closes. */
export async function runPluginHost(): Promise<void> {
  const channel = process.send?.bind(process)
  if (!channel) throw new Error('plugin-host is started by the appliance itself, not by hand.')
  const send: Send = (message) => void channel(message)
  const end = process.exit.bind(process)
  process.on('disconnect', () => end(0))
  const jit = await dieWithParent()
  let opened: Promise<Runs | null> = Promise.resolve(null)
  process.on('message', (message: ToHost) => {
    if (message.t === 'init') opened = openDesk(message, jit, send)
    else void opened.then((runs) => runs && receive(runs, message, send))
  })
}

async function openDesk(init: Init, jit: boolean, send: Send): Promise<Runs> {
  const marker = openMarker(init.marker)
  const outbound = createOutbound({ allowNetworks: init.allow_networks })
  const plugins = new Map()
  const runs = openRuns({
    marker,
    plugins,
    secrets: init.secrets,
    model: init.model,
    fetch: (url, options) => outbound.fetch(url, options as Parameters<typeof outbound.fetch>[1]),
    send: (answer) => send({ t: 'late', answer }),
  })
  lockDown(runs.print)
  surviveStrayErrors(runs, send)
  const loaded = await loadPlugins(init, marker)
  for (const [id, plugin] of loaded.plugins) plugins.set(id, plugin)
  send({ t: 'ready', catalogue: loaded.catalogue, jit })
  return runs
}

/** A rejection after the answer, or a timer that throws, harms no other run: it is only told. */
function surviveStrayErrors(runs: Runs, send: Send) {
  const tell = (error: unknown) => {
    if (!runs.blame(error)) send({ t: 'note', message: describeError(error) })
  }
  process.on('uncaughtException', tell)
  process.on('unhandledRejection', tell)
}

function receive(runs: Runs, message: Exclude<ToHost, Init>, send: Send) {
  if (message.t === 'abort') {
    runs.abort(message.run)
    return send({ t: 'alive' })
  }
  send({ t: 'done', batch: message.batch, answers: performAll(runs, message) })
}

function performAll(runs: Runs, work: Work): Answer[] {
  try {
    return runs.perform(work)
  } catch (error) {
    const failure = asFailure(error)
    return work.runs.map(({ run }) => ({ run, failure, ms: 0, at: Date.now() }))
  }
}
