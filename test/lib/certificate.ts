import { generateKeyPairSync, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

const SEQUENCE = 0x30
const SET = 0x31
const UTF8 = 0x0c
const UTC_TIME = 0x17
const OCTETS = 0x04
const ECDSA_SHA256 = oid('2a8648ce3d040302')
const COMMON_NAME = oid('550403')
const ALTERNATIVE_NAMES = oid('551d11')
const BASIC_CONSTRAINTS = oid('551d13')
const IS_AUTHORITY = [der(0x01, Buffer.from([0xff])), der(OCTETS, sequence(der(0x01, Buffer.from([0xff]))))]

/** A self-signed certificate for one DNS name or IPv4 address, made anew. */
export function certificateFor(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = sequence(der(SET, sequence(COMMON_NAME, der(UTF8, Buffer.from(name)))))
  const alternatives = sequence(
    isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  )
  const extensions = sequence(
    sequence(ALTERNATIVE_NAMES, der(OCTETS, alternatives)),
    sequence(BASIC_CONSTRAINTS, ...IS_AUTHORITY),
  )
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sequence(ECDSA_SHA256),
    subject,
    sequence(time('200101000000Z'), time('491231000000Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)])
  const certificate = sequence(content, sequence(ECDSA_SHA256), der(0x03, signature))
  return { cert: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function sequence(...parts: Uint8Array[]) {
  return der(SEQUENCE, ...parts)
}

function oid(hex: string) {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function time(text: string) {
  return der(UTC_TIME, Buffer.from(text))
}

function der(tag: number, ...parts: Uint8Array[]): Buffer<ArrayBuffer> {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function pem(bytes: Buffer) {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
