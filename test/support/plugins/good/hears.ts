import { defineTranscriber, z } from 'earshot/plugin'

export default defineTranscriber({
  id: 'hears',
  version: '1.0.0',
  name: 'hears',
  settings: z.object({
    mode: z.enum(['well', 'backwards', 'loops', 'leaves a child']).default('well'),
    url: z.string().optional(),
  }),
  missing: ({ url }) => (url ? undefined : 'Set the url of the recogniser.'),
  transcribe({ path }, { mode }) {
    if (mode === 'loops') for (;;) path.at(0)
    if (mode === 'leaves a child') Bun.spawn(['sleep', '1000'])
    const early = { text: 'hello', start_ms: 0, end_ms: 400 }
    const late = { text: path, start_ms: 500, end_ms: mode === 'backwards' ? 100 : 900 }
    return { turns: [late, early], language: 'en' }
  },
})
