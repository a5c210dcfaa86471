import { defineAlgorithm, z } from 'earshot/plugin'

export default defineAlgorithm({
  id: 'dies_later',
  version: '1.0.0',
  name: 'dies_later',
  variables: z.object({}),
  result: z.object({ words: z.number() }),
  async analyze() {
    await Bun.sleep(20)
    process.kill(process.pid, 'SIGKILL')
    return { words: 1 }
  },
})
