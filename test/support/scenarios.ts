import { expect, test } from 'bun:test'
import type { Job } from './api.ts'
import { readContract } from './contract.ts'
import type { Tokens } from './tenants.ts'

export interface Request {
  method: string
  /** Below `/api/v1`. */
  path: string
  /** Whose token; null for none. Default the workspace's. */
  as?: keyof Tokens | null
  /** Sent as JSON unless it is a text or a form. */
  body?: unknown
  headers?: Record<string, string>
}

export interface Scenario extends Request {
  name: string
  status: number
  /** Parts of the answer. */
  answer?: unknown
  /** Message by field, as the answer's `errors` have them. */
  errors?: Record<string, string | RegExp>
}

interface Refused {
  detail: string
  request_id: string
  errors: { field: string; message: string }[]
}

export interface Reply<T> {
  status: number
  headers: Headers
  body: T & Refused
}

export type Caller = <T = Job>(request: Request) => Promise<Reply<T>>

/** Sends requests as a partner would; every answer must be as the served OpenAPI document says. */
export async function callerOf(url: string, tokens: Tokens): Promise<Caller> {
  const problemOf = await readContract(url)
  return async <T = Job>({ method, path, as = 'workspace', body, headers }: Request): Promise<Reply<T>> => {
    const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof FormData)
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${tokens[as]}` }),
        ...((isJson || typeof body === 'string') && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : (body as string | FormData | undefined),
    })
    const text = await response.text()
    const isParsed = response.headers.get('content-type')?.startsWith('application/json')
    const parsed = isParsed ? JSON.parse(text) : text
    expect(problemOf(method, `/api/v1${path}`, response, parsed)).toBeUndefined()
    return { status: response.status, headers: response.headers, body: parsed }
  }
}

/** One test for each line of a table. */
export function play(caller: () => Caller, scenarios: Scenario[]) {
  for (const { name, status, answer, errors, ...request } of scenarios) {
    test(name, async () => {
      const reply = await caller()(request)
      expect({ status: reply.status, body: reply.body }).toMatchObject({ status, body: answer ?? reply.body })
      if (status >= 400)
        expect(reply.body).toMatchObject({ detail: expect.any(String), request_id: expect.any(String) })
      for (const [field, message] of Object.entries(errors ?? {}))
        expect(reply.body.errors?.find((error) => error.field === field)?.message).toMatch(message)
    })
  }
}
