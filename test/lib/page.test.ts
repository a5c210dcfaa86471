import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { createCursors } from '../../src/lib/page.ts'
import { Refusal } from '../../src/lib/refusal.ts'

const key = randomBytes(32)
const cursors = createCursors(key)
const FILTER = 'jobs?status=failed&workspace_id=3'
const FIELDS = { created_at: 1_735_689_600_123, id: 42, name: 'Zoë', rank: null }
const cursor = cursors.encode(FIELDS, FILTER)

function refusalOf(text: string, filterKey = FILTER, of = cursors) {
  try {
    return of.decode(text, filterKey)
  } catch (error) {
    return error instanceof Refusal ? error : undefined
  }
}

const REFUSED = { code: 'invalid', details: { errors: [{ field: 'cursor' }] } }

describe('cursors', () => {
  test('come back as they were', () => {
    expect(cursors.decode<typeof FIELDS>(cursor, FILTER)).toEqual(FIELDS)
    expect(cursor).toMatch(/^[\w-]+$/)
  })

  test('outlive a restart, as the key does', () => {
    expect(createCursors(key).decode(cursor, FILTER)).toEqual(FIELDS)
  })

  test.each(['jobs?status=failed', `${FILTER} `, '', FILTER.toUpperCase()])(
    'are bound to their filter, not %p',
    (other) => {
      expect(refusalOf(cursor, other)).toMatchObject(REFUSED)
    },
  )

  test('are bound to the installation', () => {
    expect(refusalOf(cursor, FILTER, createCursors(randomBytes(32)))).toMatchObject(REFUSED)
  })

  test.each([
    '',
    'abc',
    '42',
    'null',
    '../../etc/passwd',
    '%00',
    ' '.repeat(50),
    'A'.repeat(100_000),
    Buffer.from(JSON.stringify(FIELDS)).toString('base64url'),
    Buffer.from(JSON.stringify(FIELDS)).toString('base64'),
    randomBytes(12).toString('base64url'),
  ])('made up: %p', (text) => {
    expect(refusalOf(text)).toMatchObject(REFUSED)
  })

  test('no character can be changed or left out', () => {
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A'
      expect(refusalOf(cursor.slice(0, at) + other + cursor.slice(at + 1))).toMatchObject(REFUSED)
      expect(refusalOf(cursor.slice(0, at) + cursor.slice(at + 1))).toMatchObject(REFUSED)
    }
  })

  test.each(['=', ' ', '%20', '.', '\n'])('%p does not belong to it, wherever it stands', (junk) => {
    for (const at of [0, 5, cursor.length]) {
      expect(refusalOf(cursor.slice(0, at) + junk + cursor.slice(at))).toMatchObject(REFUSED)
    }
  })

  test('a refusal does not repeat the cursor', () => {
    expect(JSON.stringify(refusalOf('made-up-4711'))).not.toContain('4711')
  })
})
