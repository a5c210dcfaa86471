import { afterAll, describe, expect, test } from 'bun:test'
import { createDecipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSealer, loadKey, mask, SealError } from '../../src/lib/sealed.ts'

const folder = mkdtempSync(join(tmpdir(), 'earshot-sealed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const key = randomBytes(32)
const sealer = createSealer(key)
const AAD = 'webhook_credentials:secret:17'

const reasonOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return error instanceof SealError ? error.reason : error
  }
}

describe('sealer', () => {
  test.each(['whsec_abc', '', 'Zoë 👋', 'x'.repeat(100_000)])('opens what it sealed', (text) => {
    const sealed = sealer.seal(text, AAD)
    expect(sealer.open(sealed, AAD)).toBe(text)
    if (text) expect(sealed).not.toContain(text)
  })

  test('is plain AES-256-GCM inside', () => {
    const [version, id, blob] = sealer.seal('secret', AAD).split('.')
    const bytes = Buffer.from(blob!, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(`${version}.${id}:${AAD}`)).setAuthTag(bytes.subarray(-16))
    expect(decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(
      'secret',
    )
  })

  test('never seals the same way twice', () => {
    const sealed = new Set(Array.from({ length: 1000 }, () => sealer.seal('same', AAD)))
    expect(sealed.size).toBe(1000)
  })

  test('no character of a sealed text can be changed', () => {
    const sealed = sealer.seal('secret', AAD)
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      expect(reasonOf(() => sealer.open(changed, AAD))).toBeOneOf(['changed', 'other_key'])
    }
  })

  test.each([
    ['cut', (sealed: string) => sealed.slice(0, -1)],
    ['longer', (sealed: string) => sealed + 'A'],
    ['spaced', (sealed: string) => sealed + ' '],
    ['another version', (sealed: string) => sealed.replace('v1', 'v2')],
    ['one part more', (sealed: string) => sealed + '.x'],
    ['empty', () => ''],
    ['plain text', () => 'whsec_abc'],
    ['too short', (sealed: string) => sealed.split('.').slice(0, 2).join('.') + '.AAAA'],
  ])('%s: changed', (_, change) => {
    expect(reasonOf(() => sealer.open(change(sealer.seal('secret', AAD)), AAD))).toBe('changed')
  })

  test('opens at its own place only', () => {
    const sealed = sealer.seal('secret', AAD)
    expect(reasonOf(() => sealer.open(sealed, 'webhook_credentials:secret:18'))).toBe('changed')
  })

  test('says when the key is another one', () => {
    const other = createSealer(randomBytes(32))
    expect(reasonOf(() => other.open(sealer.seal('secret', AAD), AAD))).toBe('other_key')
    expect(() => other.open(sealer.seal('secret', AAD), AAD)).toThrow('another key')
  })

  test('needs 32 bytes', () => {
    expect(() => createSealer(randomBytes(16))).toThrow('32 bytes')
  })
})

describe('loadKey', () => {
  const file = (name: string, content?: string) => {
    const path = join(folder, name)
    if (content !== undefined) writeFileSync(path, content)
    return path
  }

  test('creates the file once, for the owner only', () => {
    const path = file('new.key')
    const created = loadKey({ file: path })
    expect(created.length).toBe(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(loadKey({ file: path })).toEqual(created)
  })

  test('the setting comes before the file, in either base64 alphabet', () => {
    const path = file('unused.key')
    const given = new Uint8Array(Buffer.alloc(32, 0xfb))
    for (const encoding of ['base64', 'base64url'] as const) {
      expect(loadKey({ fromSetting: Buffer.from(given).toString(encoding) + '\n', file: path })).toEqual(
        given,
      )
    }
    expect(() => statSync(path)).toThrow('ENOENT')
  })

  test('a missing file is refused where none may be created', () => {
    expect(() => loadKey({ file: file('absent.key'), create: false })).toThrow('is missing')
  })

  test.each([
    '',
    'short',
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    'p@ss word',
  ])('%p is refused from both sources, without showing it', (text) => {
    for (const source of [{ fromSetting: text, file: '' }, { file: file('bad.key', text) }]) {
      const message = String(reasonOf(() => loadKey(source)))
      expect(message).toContain('32 bytes in base64')
      if (text) expect(message).not.toContain(text)
    }
  })
})

test.each([
  ['whsec_0123456789abcd', '***abcd'],
  ['12345678', '***5678'],
  ['1234567', '***'],
  ['', '***'],
  ['pässwörter👋', '***ter👋'],
])('mask of %p is %p', (secret, masked) => {
  expect(mask(secret)).toBe(masked)
})
