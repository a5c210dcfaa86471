import * as contract from './contract.ts'

/** Makes `earshot/plugin`, `earshot/text` and `zod` importable from files outside the executable. */
export function offerModules() {
  Bun.plugin({
    name: 'earshot',
    setup(build) {
      build.module('earshot/plugin', () => ({ loader: 'object', exports: { ...contract } }))
      build.module('zod', async () => ({ loader: 'object', exports: { ...(await import('zod')) } }))
      build.module('earshot/text', async () => ({ loader: 'object', exports: { ...(await loadText()) } }))
    },
  })
}

const loadText = () => import('../text/index.ts')
