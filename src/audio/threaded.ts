import { startThread } from '../lib/threads.ts'
import { audioError } from './errors.ts'
import type { SplitAudio } from './scan.ts'
import type { SplitAnswer, SplitOrder } from './splitter.ts'

/** `splitChannels` in a thread of its own. Throws an `AudioError`. */
export function splitInThread(path: string, directory: string): Promise<SplitAudio> {
  const thread = startThread('audio/splitter.ts')
  return new Promise<SplitAudio>((resolve, reject) => {
    thread.onerror = ({ message }) => reject(new Error(`The audio thread failed: ${message}`))
    thread.onmessage = ({ data }: MessageEvent<SplitAnswer>) => {
      if ('audio' in data) resolve(data.audio)
      else reject('code' in data ? audioError(data.code, data.message) : new Error(data.defect))
    }
    thread.postMessage({ path, directory } satisfies SplitOrder)
  }).finally(() => thread.terminate())
}
