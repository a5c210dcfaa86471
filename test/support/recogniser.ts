import { startReceiver } from './receiver.ts'

const WAV_HEADER = 44
const RATE = 16_000
const LOUD = 1000

interface Piece {
  from: number
  to: number
}

/**
 * Another company's server with an OpenAI-compatible API. It hears when somebody speaks in what it is sent and says
 * so, hence the text tells which channel it got: `spoken from 5 to 7`.
 */
export function startRecogniser() {
  let refusal: { status: number; body: string } | undefined
  const server = startReceiver(async ({ headers, bytes, path }) => {
    if (refusal) return new Response(refusal.body, { status: refusal.status })
    if (path !== '/v1/audio/transcriptions') return new Response('', { status: 404 })
    const form = await new Response(new Uint8Array(bytes), { headers }).formData()
    const wav = Buffer.from(await (form.get('file') as unknown as Blob).arrayBuffer())
    const segments = spokenPieces(wav).map(({ from, to }, id) => ({
      id,
      start: from,
      end: to,
      text: ` spoken from ${Math.round(from)} to ${Math.round(to)}`,
    }))
    return Response.json({ language: 'english', text: segments.map(({ text }) => text).join(''), segments })
  })
  return {
    url: `${server.url}/v1`,
    received: server.received,
    refuseWith: (code?: number, body = '{"error":{"message":"no"}}') => {
      refusal = code === undefined ? undefined : { status: code, body }
    },
    stop: server.stop,
  }
}

/** Tenths of a second that are loud, joined over short gaps. */
function spokenPieces(wav: Buffer): Piece[] {
  const step = RATE / 10
  const pieces: Piece[] = []
  const samples = (wav.length - WAV_HEADER) / 2
  for (let at = 0; at + step <= samples; at += step) {
    if (peak(wav, at, step) < LOUD) continue
    const from = at / RATE
    const last = pieces.at(-1)
    if (last && from - last.to < 0.5) last.to = from + 0.1
    else pieces.push({ from, to: from + 0.1 })
  }
  return pieces
}

function peak(wav: Buffer, at: number, count: number): number {
  let loudest = 0
  for (let sample = at; sample < at + count; sample++)
    loudest = Math.max(loudest, Math.abs(wav.readInt16LE(WAV_HEADER + sample * 2)))
  return loudest
}
