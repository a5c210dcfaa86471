import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Encrypts the secrets that are kept in the database. */
export interface Sealer {
  /** `aad` names the place the secret belongs to, as in `table:column:id`; it opens nowhere else. */
  seal(text: string, aad: string): string
  /** Throws `SealError`. */
  open(sealed: string, aad: string): string
}

export class SealError extends Error {
  constructor(
    readonly reason: 'other_key' | 'changed',
    message: string,
  ) {
    super(message)
    this.name = 'SealError'
  }
}

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_LENGTH = 8
const KEY_FILE_MODE = 0o600
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const SHOWN_CHARACTERS = 4
/** Of a secret shorter than this, four characters would be too much of it. */
const SHORTEST_HINTED = 8

/** AES-256-GCM. A sealed text reads `v1.<key id>.<base64url of nonce, ciphertext and tag>`. */
export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== KEY_BYTES) throw new Error(wrongLength('The key', key.length))
  const prefix = `${VERSION}.${keyId(key)}`

  return {
    seal(text, aad) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(`${prefix}:${aad}`))
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `${prefix}.${Buffer.concat(parts).toString('base64url')}`
    },
    open(sealed, aad) {
      const blob = blobOf(sealed, prefix)
      const decipher = createDecipheriv(CIPHER, key, blob.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(`${prefix}:${aad}`)).setAuthTag(blob.subarray(-TAG_BYTES))
      try {
        const text = decipher.update(blob.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        throw changed()
      }
    },
  }
}

interface KeySource {
  /** 32 bytes in base64, as the operator set it. */
  fromSetting?: string
  file: string
  /** Whether a missing file may be created; default yes. */
  create?: boolean
}

/** The key of this installation. Throws an error with one sentence when there is none to use. */
export function loadKey({ fromSetting, file, create = true }: KeySource): Uint8Array {
  if (fromSetting !== undefined) return decodeKey(fromSetting, 'EARSHOT_KEY')
  const text = readIfThere(file)
  if (text !== undefined) return decodeKey(text, `The key file ${file}`)
  if (!create) throw new Error(`The key file ${file} is missing, and nothing sealed can be read without it`)
  return createKeyFile(file)
}

/** Whether a text can be the key of an installation. */
export const isKey = (text: string) =>
  BASE64.test(text.trim()) && Buffer.from(text.trim(), 'base64').length === KEY_BYTES

/** A secret as it may be shown: `***` and, when it is long enough, its last four characters. */
export function mask(secret: string) {
  const characters = Array.from(secret)
  return '***' + (characters.length < SHORTEST_HINTED ? '' : characters.slice(-SHOWN_CHARACTERS).join(''))
}

/** Short and one-way: it tells keys apart in sealed texts and in backups' notes. */
export function keyId(key: Uint8Array) {
  return createHash('sha256').update('earshot key id').update(key).digest('hex').slice(0, KEY_ID_LENGTH)
}

function blobOf(sealed: string, prefix: string) {
  const [version, id, text = '', ...rest] = sealed.split('.')
  const blob = Buffer.from(text, 'base64url')
  const isSealed = version === VERSION && id?.length === KEY_ID_LENGTH && rest.length === 0
  // Decoding skips strange characters, so a changed text could otherwise open all the same.
  if (!isSealed || blob.length < NONCE_BYTES + TAG_BYTES || blob.toString('base64url') !== text)
    throw changed()
  if (`${version}.${id}` === prefix) return blob
  throw new SealError('other_key', 'This secret was sealed with another key than the one in use')
}

function changed() {
  return new SealError('changed', 'This sealed secret was changed or belongs to another place')
}

function decodeKey(text: string, source: string) {
  const trimmed = text.trim()
  if (!BASE64.test(trimmed)) throw new Error(`${source} must hold ${KEY_BYTES} bytes in base64`)
  const key = Buffer.from(trimmed, 'base64')
  if (key.length !== KEY_BYTES) throw new Error(wrongLength(source, key.length))
  return new Uint8Array(key)
}

function wrongLength(source: string, length: number) {
  return `${source} must be ${KEY_BYTES} bytes in base64, not ${length}`
}

function readIfThere(file: string) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** On the disk before anything is sealed with it: a key lost to a power cut would take all secrets along. */
function createKeyFile(file: string) {
  const key = randomBytes(KEY_BYTES)
  const descriptor = openSync(file, 'wx', KEY_FILE_MODE)
  try {
    writeSync(descriptor, key.toString('base64') + '\n')
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  syncFolder(dirname(file))
  return new Uint8Array(key)
}

function syncFolder(folder: string) {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
