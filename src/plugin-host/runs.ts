import { AsyncLocalStorage } from 'node:async_hooks'
import { type Fetch, makeContext, newRunState, type RunState, takeOutput } from './context.ts'
import type { Context, ModelEndpoint } from './contract.ts'
import type { LoadedPlugin } from './describe.ts'
import { asFailure, badVariables, failed } from './failures.ts'
import type { Marker } from './marker.ts'
import type { Answer, RunOrder, Work } from './messages.ts'
import { METHODS, VERB_OF } from './methods.ts'
import { checkOptions } from './options.ts'
import { readResult, type Written } from './results.ts'

export interface Desk {
  marker: Marker
  plugins: Map<string, LoadedPlugin>
  secrets: Record<string, string>
  fetch: Fetch
  model: ModelEndpoint
  send(answer: Answer): void
}

export type Runs = ReturnType<typeof openRuns>

/** Starts runs one after the other; what does not answer at once goes on beside the next ones. */
export function openRuns(desk: Desk) {
  const during = new AsyncLocalStorage<RunState>()
  const waiting = new Map<number, RunState>()

  function perform(work: Work): Answer[] {
    const answers: Answer[] = []
    const input = prepare(work)
    for (const order of work.runs) {
      desk.marker.enter(order.run)
      const answer = desk.marker.retired() ? skip(order) : start(order, input)
      desk.marker.leave()
      if (answer) answers.push(answer)
    }
    return answers
  }

  function start(order: RunOrder, input: unknown): Answer | undefined {
    const state = newRunState(order.run, order.id)
    waiting.set(order.run, state)
    return during.run(state, () => attempt(order, state, input))
  }

  function attempt(order: RunOrder, state: RunState, input: unknown): Answer | undefined {
    try {
      const plugin = requirePluginFor(desk.plugins, order)
      if (order.method === 'check') return close(state, { result: checkOptions(plugin, order.variables) })
      return ask(plugin, order.method, order.variables, state, input)
    } catch (error) {
      return close(state, { failure: asFailure(error) })
    }
  }

  function ask(
    plugin: LoadedPlugin,
    name: keyof typeof METHODS,
    given: unknown,
    state: RunState,
    input: unknown,
  ) {
    const method = METHODS[name]
    const options = plugin.options.safeParse(given ?? {})
    if (!options.success) return close(state, { failure: badVariables(options.error) })
    const context = makeContext(state, secretsOf(plugin, desk.secrets), desk.fetch, desk.model)
    const answer = method.ask({ plugin, input, options: options.data, context })
    const schema = name === 'hang_up' ? null : plugin.result
    if (!isThenable(answer)) return close(state, readResult(schema, answer, method.finish))
    Promise.resolve(answer).then(
      (value) => sendLate(state, () => readResult(schema, value, method.finish)),
      (error) => sendLate(state, () => ({ failure: asFailure(error) })),
    )
  }

  function sendLate(state: RunState, write: () => Written) {
    if (!state.open) return
    desk.marker.resume(state.run)
    const answer = close(state, write())
    desk.marker.leave()
    if (answer) desk.send(answer)
  }

  function close(state: RunState, { result, failure }: Written): Answer | undefined {
    if (!state.open) return
    state.open = false
    waiting.delete(state.run)
    const answer: Answer = { run: state.run, ms: performance.now() - state.from, at: state.at }
    if (failure) answer.failure = failure
    else answer.result = result
    if (state.logs.length) answer.logs = state.logs
    if (state.usage) answer.usage = state.usage
    return answer
  }

  function endAs(state: RunState, failure: Written): boolean {
    const answer = close(state, failure)
    if (answer) desk.send(answer)
    return answer !== undefined
  }

  /** Output outside of any run belongs to nobody and is dropped. */
  function print(text: string) {
    const state = during.getStore()
    if (!state?.open || !takeOutput(state, text)) return
    const error = failed('plugin_output', 'The plugin wrote more than 1 MB to standard output.')
    endAs(state, error)
    state.abort?.abort()
    throw error
  }

  /** For errors that no promise of a run carries. False when they cannot be told to belong to a run still open. */
  function blame(error: unknown): boolean {
    const state = during.getStore() ?? findByStack(error)
    return state !== undefined && endAs(state, { failure: asFailure(error) })
  }

  function findByStack(error: unknown): RunState | undefined {
    const stack = error instanceof Error ? String(error.stack) : ''
    const suspects = [...waiting.values()].filter(({ id }) => isNamedIn(stack, desk.plugins.get(id)?.path))
    return suspects.length === 1 ? suspects[0] : undefined
  }

  function abort(run: number) {
    const state = waiting.get(run)
    if (!state) return
    state.abort ??= new AbortController()
    state.abort.abort(new DOMException('The time limit of the run is reached.', 'TimeoutError'))
  }

  return { perform, print, blame, abort }
}

function prepare(work: Work): unknown {
  const method = work.runs[0]?.method
  return method && method !== 'check' ? METHODS[method].prepare(work.input) : work.input
}

const skip = (order: RunOrder): Answer => ({ run: order.run, skipped: true, ms: 0, at: 0 })

function requirePluginFor(plugins: Map<string, LoadedPlugin>, { id, method }: RunOrder): LoadedPlugin {
  const plugin = plugins.get(id)
  if (!plugin) throw failed('plugin_unavailable', `There is no plugin «${id}».`)
  if (method !== 'check' && !plugin.verbs[VERB_OF[method]])
    throw failed('plugin_unavailable', `The plugin «${id}» cannot ${method.replace('_', ' ')}.`)
  return plugin
}

function secretsOf(plugin: LoadedPlugin, all: Record<string, string>): Context['secrets'] {
  const secrets: Context['secrets'] = {}
  for (const name of plugin.secrets) secrets[name] = all[name]
  return secrets
}

const isNamedIn = (stack: string, path: string | null | undefined) => Boolean(path && stack.includes(path))

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
