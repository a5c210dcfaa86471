import { Refusal } from '../lib/refusal.ts'

const BEARER = /^Bearer +([\x21-\x7e]+)$/i

/**
 * The token of `Authorization: Bearer` or `x-api-key`, which count the same; undefined when there is none.
 * Two different ones are refused: which of them counts would be anyone's guess.
 */
export function readToken(request: Request): string | undefined {
  const authorization = request.headers.get('authorization')
  const key = request.headers.get('x-api-key')
  if (isRepeated(authorization) || isRepeated(key)) throw ambiguous()
  const bearer = authorization === null ? undefined : BEARER.exec(authorization)?.[1]
  if (bearer !== undefined && key !== null && bearer !== key) throw ambiguous()
  return bearer ?? (key || undefined)
}

/** Repeated header lines arrive joined by a comma, which no token contains. */
const isRepeated = (value: string | null) => value?.includes(',') ?? false

const ambiguous = () =>
  new Refusal('invalid', 'The request carries more than one credential', { reason: 'ambiguous_credentials' })
