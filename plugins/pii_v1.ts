import { defineAlgorithm, z } from 'earshot/plugin'
import { entities, entityTypes, mask, maskStyles, redact } from 'earshot/text'

export default defineAlgorithm({
  id: 'pii_v1',
  version: '1.0.0',
  name: 'Personal data',
  description: 'Finds personal data in the transcript, spoken and spelled forms included, and masks it.',
  variables: z.object({
    types: z
      .array(z.enum(entityTypes))
      .default([...entityTypes])
      .describe('Kinds of data to find and mask.'),
    mask: z
      .enum(maskStyles)
      .default('tag')
      .describe(
        '`tag` writes the kind in its place, `full` hides all signs, `partial` keeps the last digits.',
      ),
    default_region: z
      .string()
      .regex(/^(?:[A-Z]{2})?$/)
      .default('')
      .describe(
        'Country of phone numbers said without a code; empty: that of the numbers of the call, else US.',
      ),
  }),
  result: z.object({
    entities: z.array(
      z.object({
        type: z.enum(entityTypes),
        text: z.string(),
        masked: z.string(),
        turn: z.int(),
        start: z.int(),
        end: z.int(),
        speaker: z.string(),
      }),
    ),
    redacted_turns: z.array(z.object({ speaker: z.string(), text: z.string() })),
  }),
  analyze(call, variables) {
    const turns = new Map(call.turns.map((turn) => [turn.turn, turn]))
    const found = entities(call, variables.types, variables.default_region).map((entity) => {
      const turn = turns.get(entity.turn)!
      const text = turn.text.slice(entity.start, entity.end)
      return { ...entity, text, masked: mask(entity.type, text, variables.mask), speaker: turn.speaker }
    })
    const redacted = call.turns.map(({ turn, speaker, text }) => {
      return {
        speaker,
        text: redact(
          text,
          found.filter((entity) => entity.turn === turn),
        ),
      }
    })
    return { entities: found, redacted_turns: redacted }
  },
})
