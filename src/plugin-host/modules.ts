import * as contract from './contract.ts'

/** Makes `earshot/plugin`, `earshot/text`, `earshot/model` and `zod` importable from files outside the executable. */
export function offerModules() {
  Bun.plugin({
    name: 'earshot',
    setup(build) {
      build.module('earshot/plugin', () => ({ loader: 'object', exports: { ...contract } }))
      build.module('zod', async () => ({ loader: 'object', exports: { ...(await import('zod')) } }))
      build.module('earshot/text', async () => ({ loader: 'object', exports: { ...(await loadText()) } }))
      build.module('earshot/model', async () => ({ loader: 'object', exports: { ...(await loadModel()) } }))
    },
  })
}

const loadText = () => import('../text/index.ts')
const loadModel = () => import('../model/index.ts')
