import { SECOND } from '../lib/clock.ts'
import type { Settings } from '../settings.ts'

const PATIENCE_MS = 4 * SECOND
const EVERYWHERE = new Set(['0.0.0.0', '::', '[::]'])

/** Asks the instance on this machine whether it is well: undefined when it is, else a sentence. */
export async function probe({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<string | undefined> {
  const url = `http://${EVERYWHERE.has(host) ? '127.0.0.1' : host}:${port}/health`
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    await response.body?.cancel()
    return response.ok ? undefined : `${url} answers ${response.status}`
  } catch (error) {
    return `${url} does not answer: ${(error as Error).message}`
  }
}
