import { defineAlgorithm, z } from 'earshot/plugin'
import { isEnglish, scoreCall } from 'earshot/text'

const Check = z
  .strictObject({
    id: z.string().min(1),
    name: z.string().min(1),
    weight: z.number().min(0).default(1),
    kind: z
      .enum(['phrases', 'greeting', 'identification', 'empathy', 'resolution', 'closing'])
      .default('phrases')
      .describe('All but `phrases` also know common wordings by themselves.'),
    phrases: z.array(z.string().min(1)).default([]).describe('Any of these counts, also in similar words.'),
    who: z.enum(['agent', 'customer', 'anyone']).default('agent'),
    where: z.enum(['start', 'end', 'anywhere']).default('anywhere'),
    must_not: z.boolean().default(false).describe('Fails when it is said.'),
  })
  .refine((check) => check.kind !== 'phrases' || check.phrases.length > 0, {
    path: ['phrases'],
    message: 'a check of kind `phrases` needs at least one',
  })

const FORBIDDEN = [
  'calm down',
  'not my problem',
  "that's not my job",
  "I don't care",
  "there's nothing I can do",
  'shut up',
  "you're wrong",
  "that's your fault",
  'you are not listening',
  'stupid',
  'whatever you say',
]

type CheckOutput = z.output<typeof Check>

const common: Omit<CheckOutput, 'id' | 'name' | 'weight' | 'kind'> = {
  phrases: [],
  who: 'agent',
  where: 'anywhere',
  must_not: false,
}
const SCORECARD: CheckOutput[] = [
  { ...common, id: 'greeting', name: 'Greets the customer', weight: 10, kind: 'greeting', where: 'start' },
  {
    ...common,
    id: 'identification',
    name: 'Gives name or company',
    weight: 15,
    kind: 'identification',
    where: 'start',
  },
  { ...common, id: 'empathy', name: 'Shows empathy for a problem', weight: 20, kind: 'empathy' },
  {
    ...common,
    id: 'resolution',
    name: 'Solves it or says what happens next',
    weight: 30,
    kind: 'resolution',
  },
  { ...common, id: 'closing', name: 'Closes the call politely', weight: 15, kind: 'closing', where: 'end' },
  {
    ...common,
    id: 'forbidden_phrases',
    name: 'Avoids forbidden phrases',
    weight: 10,
    kind: 'phrases',
    phrases: FORBIDDEN,
    must_not: true,
  },
]

export default defineAlgorithm({
  id: 'qa_scoring_v1',
  version: '1.0.0',
  name: 'Quality score',
  description: 'Checks the call against a scorecard and quotes where each point was met or missed.',
  variables: z.object({
    scorecard: z.array(Check).min(1).default(SCORECARD),
    pass_mark: z.number().min(0).max(100).default(70),
  }),
  result: z.object({
    score: z.number().min(0).max(100),
    passed: z.boolean(),
    checks: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        weight: z.number(),
        passed: z.boolean(),
        turn: z.number().int().nullable(),
        quote: z.string().nullable(),
        comment: z.string(),
      }),
    ),
    language_supported: z.literal(false).optional(),
  }),
  analyze(call, { scorecard, pass_mark }) {
    const { score, checks } = scoreCall(call, scorecard)
    const result = { score, passed: score >= pass_mark, checks }
    return isEnglish(call.language) ? result : { ...result, language_supported: false as const }
  },
})
