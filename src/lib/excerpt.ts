/** Characters that could steer a terminal or hide text; line breaks and tabs stay. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const UNREADABLE = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g
/** A text with more unreadable characters than one in this many is taken for binary data. */
const READABLE_PER_UNREADABLE = 10
const SHORTEST_SECRET = 4

interface Options {
  /** The most characters to keep. */
  limit: number
  /** Values that must not show, as a receiver may echo what it was sent. */
  conceal: string[]
}

/** Makes text that can be stored and shown from the first bytes of a foreign answer. */
export function excerptOf(bytes: Uint8Array, headers: Headers, { limit, conceal }: Options) {
  if (bytes.length === 0 || limit === 0) return ''
  const encoding = headers.get('content-encoding')
  if (encoding && encoding !== 'identity') return '(compressed data)'
  // A streaming decoder drops a character that the cut has split.
  const text = new TextDecoder().decode(bytes, { stream: true })
  const unreadable = text.match(UNREADABLE)?.length ?? 0
  if (unreadable * READABLE_PER_UNREADABLE > text.length) return '(binary data)'
  // Conceal first: a secret that the cut splits would not be found.
  const safe = hide(text, conceal).replaceAll('\r\n', '\n').replace(UNSAFE, '\ufffd')
  return safe.slice(0, limit).toWellFormed()
}

function hide(text: string, secrets: string[]) {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
}
