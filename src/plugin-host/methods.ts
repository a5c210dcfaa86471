import { assignRoles } from '../text/talk/roles.ts'
import type { Call, Context, Recording, Transcription } from './contract.ts'
import type { LoadedPlugin } from './describe.ts'
import type { CallInput, Method } from './messages.ts'
import { inOrder } from './transcription.ts'

export interface Asked {
  plugin: LoadedPlugin
  input: unknown
  options: unknown
  context: Context
}

interface MethodShape {
  /** Made once for all runs on the same input. */
  prepare(input: unknown): unknown
  ask(asked: Asked): unknown
  /** The answer after its schema has accepted it. */
  finish(answer: unknown): unknown
}

const asItIs = (value: unknown) => value

export const METHODS: Record<Exclude<Method, 'check'>, MethodShape> = {
  analyze: {
    prepare: (input) => withRoles(input as CallInput),
    ask: ({ plugin, input, options, context }) =>
      plugin.verbs.analyze!(copyCall(input as Call), options, context),
    finish: asItIs,
  },
  transcribe: {
    prepare: asItIs,
    ask: ({ plugin, input, options, context }) =>
      plugin.verbs.transcribe!({ ...(input as Recording) }, options, context),
    finish: (answer) => inOrder(answer as Transcription),
  },
  call: {
    prepare: asItIs,
    ask: ({ plugin, input, options, context }) => plugin.verbs.call!(input, options, context),
    finish: asItIs,
  },
  hang_up: {
    prepare: asItIs,
    ask: ({ plugin, input, options, context }) => plugin.verbs.hangUp!(input, options, context),
    finish: () => null,
  },
}

/** The verb that a plugin must have for a method. */
export const VERB_OF: Record<Exclude<Method, 'check'>, keyof LoadedPlugin['verbs']> = {
  analyze: 'analyze',
  transcribe: 'transcribe',
  call: 'call',
  hang_up: 'hangUp',
}

function withRoles(call: CallInput): Call {
  const roles = call.turns.every((turn) => turn.role) ? null : assignRoles(call.turns, call)
  const turns = call.turns.map((turn) => ({
    ...turn,
    role: turn.role ?? roles?.get(turn.speaker) ?? 'other',
  }))
  return { ...call, turns }
}

/** Every plugin gets turns of its own, so that one which changes them changes nobody else's. */
function copyCall(call: Call): Call {
  return {
    ...call,
    turns: call.turns.map((turn) => ({ ...turn })),
    channels: call.channels.map((channel) => ({ ...channel })),
    metadata: { ...call.metadata },
  }
}
