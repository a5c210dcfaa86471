/** Sends the pieces as they are and gives what came back: until the other side closes, says all it announced, or `waitMs` is over. */
export async function sendRaw(
  port: number,
  pieces: (string | Uint8Array)[],
  { waitMs = 3000, gapMs = 0 } = {},
) {
  let received = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, data) {
        received += data.toString('latin1')
        if (isComplete(received)) resolve()
      },
      close: () => resolve(),
      error: () => resolve(),
    },
  })
  const timer = setTimeout(resolve, waitMs)
  for (const piece of pieces) {
    socket.write(piece)
    if (gapMs > 0) await Bun.sleep(gapMs)
  }
  await promise
  clearTimeout(timer)
  socket.end()
  return parse(received)
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length)
}

function parse(text: string) {
  const end = text.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
  return { status, head: text.slice(0, end), body: text.slice(end + 4), text }
}
