import { createHash, randomBytes } from 'node:crypto'

export const newUuid = () => Bun.randomUUIDv7()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export const isUuid = (text: string) => UUID.test(text)

/** A positive integer id as it may stand in a path, or undefined. Leading zeros and signs are no ids. */
export const parseId = (text: string) => (/^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : undefined)

/** `esk_` and 43 characters of base64url: 256 random bits. */
export const newToken = () => `esk_${randomBytes(32).toString('base64url')}`

export const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
