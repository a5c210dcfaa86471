import { expect, test } from 'bun:test'
import { z } from 'zod'
import { maskSecrets, openSecrets, sealSecrets, unmaskSecrets } from '../../../src/core/algorithms/secrets.ts'
import { createSealer } from '../../../src/lib/sealed.ts'

const secret = z.string().meta({ secret: true })
const schema = z.toJSONSchema(
  z.object({
    plain: z.string(),
    key: secret,
    maybe: secret.nullable(),
    deep: z.object({ key: secret, note: z.string() }),
    list: z.array(z.union([z.object({ token: secret }), z.object({ token: secret, user: z.string() })])),
    named: z.record(z.string(), secret),
    pin: z.number().meta({ secret: true }),
  }),
)
const sealer = createSealer(new Uint8Array(32).fill(7))

const value = {
  plain: 'shown',
  key: 'key-abcdefgh',
  maybe: null,
  deep: { key: 'deep-ijklmnop', note: 'shown' },
  list: [{ token: 'first-qrstuvwx' }, { token: 'second-yz012345', user: 'ann' }],
  named: { one: 'named-67890123' },
  pin: 4711,
}
const masked = {
  plain: 'shown',
  key: '***efgh',
  maybe: null,
  deep: { key: '***mnop', note: 'shown' },
  list: [{ token: '***uvwx' }, { token: '***2345', user: 'ann' }],
  named: { one: '***0123' },
  pin: '***',
}

test('secrets are masked wherever the schema marks them', () => {
  expect(maskSecrets(schema, value)).toEqual(masked as never)
})

test('what is sealed tells nothing and opens again at its place alone', () => {
  const sealed = sealSecrets(sealer, schema, value, 'here')
  const text = JSON.stringify(sealed)
  for (const part of ['abcdefgh', 'ijklmnop', 'qrstuvwx', 'yz012345', '67890123', '4711'])
    expect(text).not.toContain(part)
  expect(text).toContain('shown')
  expect(openSecrets(sealer, sealed, 'here')).toEqual(value)
  expect(() => openSecrets(sealer, sealed, 'elsewhere')).toThrow()
})

test('masks that come back stand for what is set', () => {
  expect(unmaskSecrets(schema, masked, [value])).toEqual(value)
  const turned = { list: [...masked.list].reverse() }
  expect(unmaskSecrets(schema, turned, [value])).toEqual({ list: [...value.list].reverse() })
})

test('a mask of nothing is refused, and a new secret is not', () => {
  expect(() => unmaskSecrets(schema, { key: '***zzzz' }, [value])).toThrow('masked secret')
  expect(unmaskSecrets(schema, { key: 'brand-new' }, [value])).toEqual({ key: 'brand-new' })
})

test('nobody can write the mark of a sealed secret', () => {
  expect(() => sealSecrets(sealer, schema, { plain: { deeper: [{ $sealed: 'v1.x' }] } }, 'here')).toThrow(
    '$sealed',
  )
})
