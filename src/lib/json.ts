const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Whether brackets are nested deeper than `limit`, looked at on the raw bytes: parsing is quick at any depth,
 * but everything that walks the parsed value afterwards recurses and blocks the process.
 */
export function isDeeperThan(json: Uint8Array, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!
    if (byte === QUOTE) at = endOfString(json, at)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

function endOfString(json: Uint8Array, start: number): number {
  let end = json.indexOf(QUOTE, start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1)
  return end === -1 ? json.length : end
}

function isEscaped(json: Uint8Array, at: number): boolean {
  let first = at
  while (json[first - 1] === BACKSLASH) first--
  return (at - first) % 2 === 1
}
