const HIDDEN = '[redacted]'
const SECRET_NAME = 'authorization|api[-_]?key|token|secret|password|passwd|cookie'
const SECRET_KEY = new RegExp(`(?:${SECRET_NAME})$`, 'i')
/** Finds a secret's name as a key of the line's JSON, at any depth. */
const HAS_SECRET_KEY = new RegExp(`(?:${SECRET_NAME})"\\s*:`, 'i')

/** Secrets inside a text: in a message, an error or a URL. Each keeps its first group. */
const SECRETS_IN_TEXT = [
  /\b(esk_|whsec_)[\w+/=-]+/g,
  /\b(bearer )[\w.~+/=-]{8,}/gi,
  /\b(basic )(?=[a-z+/]*[\d=])[\w+/=-]{8,}/gi,
  /(:\/\/)[^\s/?#@"\\]+@/g,
  new RegExp(`(\\b[\\w-]{0,40}(?:${SECRET_NAME}|signature)=)[^\\s&"'\\\\]+`, 'gi'),
  // JSON inside a string of the line: its quotes are escaped once, and those within its values once more.
  new RegExp(`((?:${SECRET_NAME})\\\\"\\s*:\\s*\\\\")(?:[^\\\\"]|\\\\\\\\(?:\\\\["\\\\]|[^\\\\"]))*`, 'gi'),
]

/** Takes the secrets out of one line of JSON, by the names of its fields and by their looks. */
export function redact(line: string) {
  const named = HAS_SECRET_KEY.test(line) ? withoutSecretFields(line) : line
  return SECRETS_IN_TEXT.reduce((text, pattern) => text.replace(pattern, `$1${HIDDEN}`), named)
}

function withoutSecretFields(line: string) {
  const hide = (key: string, value: unknown) => (SECRET_KEY.test(key) && value !== null ? HIDDEN : value)
  return JSON.stringify(JSON.parse(line), hide) + '\n'
}
