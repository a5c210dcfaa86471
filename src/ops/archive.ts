import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { Refusal } from '../lib/refusal.ts'
import { readTar, type TarEntry, TarError, writeTar } from '../lib/tar.ts'

/** A backup is a tar of these in a zstd stream: `tar --zstd -tf FILE` lists it. The manifest comes first, the sums last. */
export const MANIFEST = 'manifest.json'
export const SUMS = 'SHA256SUMS'
export const DATABASE = 'earshot.db'
export const RECORDING = /^recordings\/(?!\.+$)([\w.-]+)$/
const FAST_LEVEL = 3
const FORMAT = 1

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.string(),
  schema: z.int(),
  created_at: z.string(),
  /** Tells keys apart; the key itself is never in an archive. */
  key_id: z.string().nullable(),
  database: z.object({ bytes: z.number(), sha256: z.string() }),
  recordings: z.object({ files: z.number(), bytes: z.number() }),
  counts: z.record(z.string(), z.number()),
})

export type Manifest = z.infer<typeof manifestSchema>
export const newManifest = (facts: Omit<Manifest, 'format'>): Manifest => ({ format: FORMAT, ...facts })

/** With a checksum, so that a changed byte is noticed when it is read. */
export function packArchive(entries: AsyncIterable<TarEntry>): Readable {
  const compress = createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: FAST_LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  })
  const tar = Readable.from(writeTar(entries))
  tar.on('error', (error) => compress.destroy(error))
  return tar.pipe(compress)
}

/** Gives the manifest and then the files, after it was understood. Refuses what is not a whole backup. */
export async function openArchive(file: string) {
  const source = createReadStream(file)
  const unpacked = createZstdDecompress()
  source.on('error', (error) => unpacked.destroy(error))
  const entries = readTar(source.pipe(unpacked))
  const close = () => {
    source.destroy()
    unpacked.destroy()
  }
  try {
    return { manifest: await readManifest(entries), entries, close }
  } catch (error) {
    close()
    throw asRefusal(error)
  }
}

/** What goes wrong with the bytes of an archive is told in one sentence; all else goes on as it is. */
export function asRefusal(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ENOENT') return new Refusal('not_found', 'There is no such backup file')
  const isDamage =
    error instanceof TarError || /^ZSTD|^Z_|^ERR_BUFFER/.test(code ?? '') || /zstd/i.test(message)
  return isDamage
    ? new Refusal('invalid', `The backup cannot be read: it is damaged, cut short or none`)
    : error
}

async function readManifest(entries: AsyncIterator<TarEntry>): Promise<Manifest> {
  const { value, done } = await entries.next()
  if (done || value.name !== MANIFEST || value.size > 1e6) throw new TarError('No manifest')
  const parsed = manifestSchema.safeParse(parseJson(await readText(value.body)))
  if (!parsed.success) throw new TarError('Strange manifest')
  return parsed.data
}

export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TarError('Broken manifest')
  }
}
