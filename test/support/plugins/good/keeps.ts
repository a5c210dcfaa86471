import { defineAlgorithm, z } from 'earshot/plugin'

const secret = () => z.string().default('').meta({ secret: true })

export default defineAlgorithm({
  id: 'keeps',
  version: '1.0.0',
  name: 'Keeps secrets',
  variables: z.object({
    key: secret(),
    greeting: z.string().default('hello'),
    logins: z.array(z.object({ user: z.string(), password: secret() })).default([]),
  }),
  result: z.object({ key: z.string(), passwords: z.array(z.string()) }),
  analyze: (_call, { key, logins }) => ({ key, passwords: logins.map(({ password }) => password) }),
})
