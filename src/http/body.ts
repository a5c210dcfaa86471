import { isDeeperThan } from '../lib/json.ts'
import { Refusal } from '../lib/refusal.ts'

const MAX_DEPTH = 64
const JSON_TYPE = /^(application\/([a-z0-9.+-]+\+)?json|text\/json)\s*(;\s*charset="?utf-8"?\s*)?$/i

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** The body as a parsed JSON value, or undefined when there is none; what cannot be read is refused. */
export async function readJson(request: Request, { maxBytes }: { maxBytes: number }): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes)
  if (bytes.length === 0) return undefined
  if (!isJsonType(request.headers.get('content-type')))
    throw new Refusal('invalid', 'The body must be sent as application/json', { reason: 'unsupported_media' })
  if (isDeeperThan(bytes, MAX_DEPTH)) throw notJson('too_deep')
  return parse(decode(bytes))
}

export const notJson = (reason: 'broken_json' | 'too_deep' | 'not_utf8' | 'empty') =>
  new Refusal('invalid', 'The body is not valid JSON', { reason })

export const tooLarge = (maxBytes: number) =>
  new Refusal('invalid', `The body is larger than ${maxBytes} bytes`, { reason: 'too_large' })

/** The whole body, counted while it arrives: a chunked one announces no length, and an announced one may be a lie. */
async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = request.headers.get('content-length')
  if (announced === null) return collect(request.body, maxBytes)
  if (Number(announced) > maxBytes) throw tooLarge(maxBytes)
  const bytes = await request.bytes()
  if (bytes.length > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

async function collect(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const isJsonType = (type: string | null) =>
  type === 'application/json' || (type !== null && JSON_TYPE.test(type))

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw notJson('not_utf8')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson('broken_json')
  }
}
