import { Refusal } from '../lib/refusal.ts'

const MAX_NAME = 255
const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i
const PARAMETER = /;\s*([a-z0-9_-]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gi

/** What the headers of a part say. A part with a file name is a file, even an empty one. */
export interface PartHead {
  name: string
  filename: string | undefined
  type: string | undefined
}

export const brokenMultipart = (why: string) =>
  new Refusal('invalid', `The body is not valid multipart/form-data: ${why}`, { reason: 'broken_multipart' })

export function boundaryOf(request: Request): string {
  const type = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\b/i.test(type))
    throw new Refusal('invalid', 'The body must be sent as multipart/form-data', {
      reason: 'unsupported_media',
    })
  const match = BOUNDARY.exec(type)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw brokenMultipart('the content type names no boundary')
  return boundary
}

export function parseHead(text: string): PartHead {
  const headers = new Map(text.split('\r\n').map(nameAndValue))
  const disposition = headers.get('content-disposition') ?? ''
  if (!/^form-data\b/i.test(disposition)) throw brokenMultipart('a part has no content disposition')
  const parameters = parametersOf(disposition)
  const name = parameters.get('name')
  if (name === undefined) throw brokenMultipart('a part has no name')
  const filename = extended(parameters.get('filename*')) ?? parameters.get('filename')
  if (name.length > MAX_NAME || (filename?.length ?? 0) > MAX_NAME)
    throw brokenMultipart(`a name is longer than ${MAX_NAME} characters`)
  return { name, filename: filename && lastSegment(filename), type: headers.get('content-type') }
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
}

function parametersOf(disposition: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name, quoted, bare] of disposition.matchAll(PARAMETER))
    parameters.set(name!.toLowerCase(), quoted === undefined ? bare! : unquote(quoted))
  return parameters
}

/** Browsers write `%22` for a quote, other clients `\"`; a lone backslash belongs to a Windows path. */
const unquote = (text: string) => text.replace(/\\(["\\])/g, '$1').replace(/%22/g, '"')

/** RFC 5987: `UTF-8''na%C3%AFve.wav`. What cannot be decoded counts as absent. */
function extended(value: string | undefined): string | undefined {
  const match = value === undefined ? null : /^(utf-8|iso-8859-1)'[^']*'(.*)$/i.exec(value)
  if (match === null) return undefined
  try {
    if (match[1]!.toLowerCase() === 'utf-8') return decodeURIComponent(match[2]!)
    return match[2]!.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  } catch {
    return undefined
  }
}

const lastSegment = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
