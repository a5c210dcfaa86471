import { describe, expect, test } from 'bun:test'
import { emailsIn, mask, redact } from '../../src/text/index.ts'

describe('e-mail addresses', () => {
  test.each([
    ['john dot doe at example dot com', 'john.doe@example.com', 'john dot doe at example dot com'],
    [
      'my email is j doe ninety nine at gmail dot com',
      'jdoe99@gmail.com',
      'j doe ninety nine at gmail dot com',
    ],
    ["yes it's J.Doe@Example.com.", 'j.doe@example.com', 'J.Doe@Example.com'],
    ["it's j.doe at gmail.com. Thanks", 'j.doe@gmail.com', 'j.doe at gmail.com'],
    [
      'sarah underscore lee at hot mail dot co dot uk thanks',
      'sarah_lee@hotmail.co.uk',
      'sarah underscore lee at hot mail dot co dot uk',
    ],
    ["it's maria all one word at yahoo.com", 'maria@yahoo.com', 'maria all one word at yahoo.com'],
    [
      'm a r i a dot lopez at g mail dot com',
      'maria.lopez@gmail.com',
      'm a r i a dot lopez at g mail dot com',
    ],
    [
      'send it to bob dash jones at my dash company dot org please',
      'bob-jones@my-company.org',
      'bob dash jones at my dash company dot org',
    ],
    [
      'smith smyth s m y t h at gmail dot com',
      'smithsmyth@gmail.com',
      'smith smyth s m y t h at gmail dot com',
    ],
  ])('%s', (text, email, span) => {
    const [found] = emailsIn(text)
    expect(found?.email).toBe(email)
    expect(text.slice(found!.start, found!.end)).toBe(span)
  })

  test.each(['I am at home', 'see you at noon. dot com', 'we met at the dot', 'look at example dot'])(
    'none in: %s',
    (text) => {
      expect(emailsIn(text)).toEqual([])
    },
  )
})

test.each([
  ['phone', '(415) 555-0134', 'partial', '(***) ***-0134'],
  ['phone', 'four one five', 'partial', '**** *** ****'],
  ['email', 'jane@example.com', 'partial', 'j***@example.com'],
  ['person_name', 'Jane Doe', 'partial', 'J*** D**'],
  ['ssn', '078-05-1120', 'full', '***-**-****'],
  ['card', '4111 1111', 'tag', '[CARD]'],
] as const)('mask %s %s %s', (type, text, style, masked) => {
  expect(mask(type, text, style)).toBe(masked)
})

test('redact puts the masks in their places', () => {
  const hidden = [
    { start: 8, end: 11, masked: '[B]' },
    { start: 0, end: 3, masked: '[A]' },
  ]
  expect(redact('one and two.', hidden)).toBe('[A] and [B].')
})
