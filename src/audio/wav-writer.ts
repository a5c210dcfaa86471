import { type FileHandle, open } from 'node:fs/promises'

const HEADER_BYTES = 44

/** Writes mono 16-bit WAV piece by piece; the file is made at the first piece, its header gets the lengths at the end. */
export function makeWavWriter(path: string, sampleRate: number) {
  let file: FileHandle | undefined
  let position = HEADER_BYTES
  return {
    async write(samples: Float32Array) {
      if (samples.length === 0) return
      file ??= await open(path, 'w')
      const bytes = new Uint8Array(toInt16(samples).buffer)
      await file.write(bytes, 0, bytes.length, position)
      position += bytes.length
    },
    async finish() {
      await file?.write(wavHeader(sampleRate, position - HEADER_BYTES), 0, HEADER_BYTES, 0)
    },
    async close() {
      await file?.close()
    },
  }
}

function toInt16(samples: Float32Array) {
  const output = new Int16Array(samples.length)
  for (let i = 0; i < samples.length; i++) {
    output[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i]! * 32768)))
  }
  return output
}

function wavHeader(sampleRate: number, dataBytes: number) {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(dataBytes, 40)
  return header
}
