import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'fetches',
  version: '1.0.0',
  name: 'fetches',
  variables: z.object({ url: z.string().default('') }),
  result: z.object({ text: z.string() }),
  async analyze(_call, { url }, { fetch }) {
    return { text: await (await fetch(url)).text() }
  },
})
