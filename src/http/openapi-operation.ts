import { z } from 'zod'
import type { RefusalCode } from '../lib/refusal.ts'
import type { Dialect } from './dialect.ts'
import type { About, Answer, Route } from './routes.ts'
import type { schemaWriter } from './schemas.ts'

type Json = Record<string, unknown>
type Write = ReturnType<typeof schemaWriter>

/** What the document says about one route: its body, its answers and every way it may refuse. */
export function operation(dialect: Dialect, route: Route<never>, open: boolean, write: Write): Json {
  const { about } = route
  return {
    summary: about.summary,
    ...(about.description === undefined ? {} : { description: about.description }),
    ...requestBody(about, write),
    responses: { ...successes(about, write), ...refusals(dialect, route, open, write) },
  }
}

function requestBody({ body, form }: About, write: Write): Json {
  const schema = form ?? body
  if (!schema) return {}
  const type = form ? 'multipart/form-data' : 'application/json'
  const required = !schema.safeParse(undefined).success
  return { requestBody: { required, content: { [type]: { schema: write(schema, 'input') } } } }
}

function successes({ answers }: About, write: Write): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, success(answer, write)]),
  )
}

function success(answer: Answer, write: Write): Json {
  if (answer instanceof z.ZodType)
    return { description: answer.meta()?.description ?? 'Done', content: json(write(answer, 'output')) }
  const { description, schema, type, example } = answer
  if (schema) return { description, content: json(write(schema, 'output'), example) }
  return type ? { description, content: { [type]: {} } } : { description }
}

const json = (schema: Json, example?: unknown) => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
})

/** Which refusals a route can give follows from its shape; the rest it names itself. */
function refusals(dialect: Dialect, { about, path }: Route<never>, open: boolean, write: Write): Json {
  const { document, limited, failureOf } = dialect
  const takesBody = about.body !== undefined || about.form !== undefined
  const possible: [boolean, RefusalCode | 'internal', string?][] = [
    [!open, 'unauthorized'],
    [!open, 'forbidden'],
    [path.includes(':'), 'not_found'],
    [takesBody, 'invalid', 'broken_json'],
    [takesBody, 'invalid', 'too_large'],
    [takesBody, 'invalid', 'unsupported_media'],
    [takesBody || about.query !== undefined, 'invalid'],
    [!open && limited, 'limited'],
    [true, 'internal'],
  ]
  const answers = Object.fromEntries(
    (about.refusals ?? []).map((status) => [status, failure(status, document.failure)]),
  )
  for (const [, code, reason] of possible.filter(([applies]) => applies)) {
    const { status, example } = failureOf(code, reason)
    const shape = code === 'invalid' && reason === undefined ? document.invalid : undefined
    answers[status] = failure(status, shape ?? document.failure, example)
  }
  return answers

  function failure(status: number, shape: z.ZodType, example?: object): Json {
    return { description: REFUSED[status] ?? 'Refused', content: json(write(shape, 'output'), example) }
  }
}

const REFUSED: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'The token is missing or not valid',
  403: 'The token does not reach this',
  404: 'There is no such thing',
  409: 'The state does not allow this',
  412: 'It was changed in the meantime',
  413: 'The body is too large',
  415: 'The body has another content type',
  422: 'A field is not valid',
  429: 'Too many requests; `retry-after` says when to come back',
  500: 'A fault of the server, which logged it under the request id',
}
