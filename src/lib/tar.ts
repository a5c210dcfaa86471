/** The tar format, as far as an archive of plain files needs it (POSIX ustar; sizes over 8 GB in binary). */

const BLOCK = 512
const NAME_BYTES = 100
const LARGEST_OCTAL = 0o77777777777
const PLAIN_FILE = '0'
const PRIVATE = 0o600

export interface TarEntry {
  name: string
  size: number
  /** Seconds since the epoch. */
  modified: number
  body: AsyncIterable<Uint8Array>
}

export class TarError extends Error {}

/** Throws when a body is not as long as its entry says. */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield header(entry)
    let written = 0
    for await (const piece of entry.body) {
      written += piece.length
      yield piece
    }
    if (written !== entry.size) throw new TarError(`${entry.name} changed while it was read`)
    yield new Uint8Array(padding(entry.size))
  }
  yield new Uint8Array(2 * BLOCK)
}

/** Each body must be read to its end before the next entry is asked for. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const { take, pieces } = pieceReader(source)
  for (;;) {
    const block = await take(BLOCK)
    if (block.every((byte) => byte === 0)) return
    const entry = parseHeader(block)
    yield { ...entry, body: pieces(entry.size) }
    await take(padding(entry.size))
  }
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK

function header({ name, size, modified }: TarEntry): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) > NAME_BYTES) throw new TarError(`The name ${name} is too long for an archive`)
  block.write(name)
  block.write(octal(PRIVATE, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  writeSize(block, size)
  block.write(octal(modified, 11), 136)
  block.write(PLAIN_FILE, 156)
  block.write('ustar\u000000', 257)
  block.write(octal(checksum(block), 6) + '\0 ', 148)
  return block
}

const octal = (value: number, digits: number) => Math.floor(value).toString(8).padStart(digits, '0')

function writeSize(block: Buffer, size: number) {
  if (size <= LARGEST_OCTAL) return block.write(octal(size, 11), 124)
  block[124] = 0x80
  return block.writeBigUInt64BE(BigInt(size), 128)
}

function parseHeader(block: Buffer): Omit<TarEntry, 'body'> {
  const field = (from: number, to: number) => block.toString('utf8', from, to).replace(/[\0 ].*$/s, '')
  if (Number.parseInt(field(148, 156), 8) !== checksum(block)) throw new TarError('The archive is damaged')
  if (field(156, 157) !== PLAIN_FILE) throw new TarError('The archive holds something other than plain files')
  const size = block[124] === 0x80 ? Number(block.readBigUInt64BE(128)) : Number.parseInt(field(124, 136), 8)
  return { name: field(0, NAME_BYTES), size, modified: Number.parseInt(field(136, 148), 8) }
}

/** Counts its own field as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 32
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at]!
  return sum
}

function pieceReader(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)

  async function next(most: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const { value, done } = await iterator.next()
      if (done) throw new TarError('The archive ends too early')
      rest = value
    }
    const piece = rest.subarray(0, most)
    rest = rest.subarray(piece.length)
    return piece
  }

  async function take(size: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for await (const piece of pieces(size)) parts.push(piece)
    return Buffer.concat(parts)
  }

  async function* pieces(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      const piece = await next(left)
      left -= piece.length
      yield piece
    }
  }

  return { take, pieces }
}
