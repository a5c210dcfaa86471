import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Passes the pieces on, and tells their SHA-256 in hex when all have gone through. */
export async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  onHash: (hash: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
  onHash(hash.digest('hex'))
}

export async function hashFile(path: string): Promise<string> {
  let found = ''
  for await (const _ of hashed(createReadStream(path), (hash) => {
    found = hash
  }));
  return found
}

/** The format of `sha256sum`: by its check option an unpacked archive can be verified without Earshot. */
export const showSums = (sums: Map<string, string>) =>
  [...sums].map(([name, hash]) => `${hash}  ${name}\n`).join('')

export const parseSums = (text: string) =>
  new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )
