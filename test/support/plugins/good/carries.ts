import { appendFileSync } from 'node:fs'
import { defineCarrier, z } from 'earshot/plugin'

export default defineCarrier({
  id: 'carries',
  version: '1.0.0',
  name: 'carries',
  settings: z.object({ diary: z.string(), dies: z.boolean().default(false) }),
  async call({ to_number }, { diary, dies }) {
    appendFileSync(diary, `call ${to_number}\n`)
    if (dies) process.kill(process.pid, 'SIGKILL')
    return { carrier_call_id: 'CA1' }
  },
  async hangUp(id, { diary }) {
    appendFileSync(diary, `hang up ${id}\n`)
  },
})
