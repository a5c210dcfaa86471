const THOUGHTS = /<(think|thinking|reasoning)>[\s\S]*?<\/\1>/gi
const FENCED = /```[\w-]*\s*\n([\s\S]*?)\n?\s*```/g

/** The JSON object in what a model wrote: bare, behind its thoughts, in a fence, or among other words. */
export function findObject(text: string): Record<string, unknown> | undefined {
  const said = text.replace(THOUGHTS, '').trim()
  const fenced = [...said.matchAll(FENCED)].map(([, inside]) => inside!)
  for (const candidate of [said, ...fenced, ...objectsIn(said)]) {
    const value = parse(candidate)
    if (isObject(value)) return value
  }
  return undefined
}

/** Every outermost `{…}` of the text. */
function* objectsIn(text: string): Generator<string> {
  for (let start = text.indexOf('{'); start !== -1; ) {
    const end = endOfObject(text, start)
    if (end === -1) return
    yield text.slice(start, end)
    start = text.indexOf('{', end)
  }
}

function endOfObject(text: string, start: number): number {
  let depth = 0
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (quoted && character === '\\') at++
    else if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return at + 1
  }
  return -1
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
