/** A thread that decodes one recording: minutes of audio are seconds of work that the event loop cannot spare. */
import { type AudioErrorCode, isAudioError } from './errors.ts'
import { type SplitAudio, splitChannels } from './scan.ts'

declare const self: Worker

export interface SplitOrder {
  path: string
  directory: string
}

export type SplitAnswer =
  | { audio: SplitAudio }
  | { code: AudioErrorCode; message: string }
  | { defect: string }

self.onmessage = async ({ data }: MessageEvent<SplitOrder>) => {
  self.postMessage(await split(data))
}

async function split({ path, directory }: SplitOrder): Promise<SplitAnswer> {
  try {
    return { audio: await splitChannels(path, directory) }
  } catch (error) {
    if (isAudioError(error)) return { code: error.code, message: error.message }
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
