import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../../app.ts'
import { newRecordingName } from '../../core/jobs/submissions.ts'
import { fileSink } from '../../lib/file-sink.ts'
import { Refusal } from '../../lib/refusal.ts'
import type { Arrival } from '../arrival.ts'
import { type FilePart, type Multipart, readMultipart, type Sink } from '../multipart.ts'
import { check, invalidFields } from '../validation.ts'
import { formFields, parsePayload } from './form-fields.ts'
import { FileFields, type SharedFields } from './submission-body.ts'

const FILE = 'file'
const PAYLOAD = 'payload'
const SILENCE_SECONDS = 120
const MAX_PAYLOAD = 1024 * 1024

export interface Upload {
  fields: SharedFields
  /** Name in the recordings folder. */
  file: string
  bytes: number
  contentKey: string
}

/**
 * Reads an upload to disk, and hands it on once the recording lies where a job's row will look for it. The file
 * is gone again when `use` refuses it or finds that it was there before.
 */
export async function withUpload<Used extends { created: boolean }>(
  app: App,
  request: Request,
  arrival: Arrival,
  use: (upload: Upload) => Promise<Used>,
): Promise<Used> {
  const file = newRecordingName()
  const temporary = join(app.folders.temporary, file)
  const kept = join(app.folders.recordings, file)
  arrival.allowSilence(SILENCE_SECONDS)
  const parts = partSinks(temporary)
  const form = await readMultipart(request, { maxBytes: app.settings.max_upload, open: parts.open })
  try {
    const given = { ...parsePayload(payloadOf(form, parts.payload())), ...formFields(form.fields) }
    const fields = check(FileFields, given, 'form')
    const bytes = requireFile(form)
    await rename(temporary, kept)
    await syncFolder(app.folders.recordings)
    const used = await use({ fields, file, bytes, contentKey: parts.digest() })
    if (!used.created) await remove([kept])
    return used
  } catch (error) {
    await remove([temporary, kept])
    throw error
  }
}

const remove = (paths: string[]) => Promise.all(paths.map((path) => rm(path, { force: true })))

/** The recording goes to disk, a payload sent as a file is read, every other file is let go by. */
function partSinks(path: string) {
  const hash = createHash('sha256')
  const payload: Uint8Array[] = []
  let hasFile = false

  async function recording(): Promise<Sink> {
    if (hasFile) throw invalidFields([{ field: FILE, message: 'Expected one file' }])
    hasFile = true
    const sink = await fileSink(path)
    return {
      ...sink,
      write(piece) {
        hash.update(piece)
        return sink.write(piece)
      },
    }
  }

  return {
    open: async ({ name }: FilePart): Promise<Sink> => {
      if (name === FILE) return recording()
      return name === PAYLOAD ? memorySink(payload) : nowhere
    },
    payload: () => (payload.length === 0 ? undefined : Buffer.concat(payload).toString('utf8')),
    digest: () => hash.digest('hex'),
  }
}

function memorySink(pieces: Uint8Array[]): Sink {
  let size = 0
  return {
    write(piece) {
      size += piece.length
      if (size > MAX_PAYLOAD)
        throw new Refusal('invalid', `The part payload is larger than ${MAX_PAYLOAD} bytes`, {
          reason: 'too_large',
        })
      pieces.push(piece.slice())
    },
    close: async () => undefined,
    discard: async () => undefined,
  }
}

const nowhere: Sink = { write: () => undefined, close: async () => undefined, discard: async () => undefined }

function payloadOf({ fields }: Multipart, asFile: string | undefined): string | undefined {
  const field = fields[PAYLOAD]
  if (Array.isArray(field) || (field !== undefined && asFile !== undefined))
    throw invalidFields([{ field: PAYLOAD, message: 'Expected one part' }])
  return field ?? asFile
}

function requireFile({ files, fields }: Multipart): number {
  const file = files.find(({ name }) => name === FILE)
  if (!file) {
    const message = fields[FILE] === undefined ? 'Required' : 'Expected a file: the part needs a filename'
    throw invalidFields([{ field: FILE, message }])
  }
  if (file.size === 0) throw invalidFields([{ field: FILE, message: 'The file is empty' }])
  return file.size
}

/** The new name of a file is safe only when its folder is written too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
