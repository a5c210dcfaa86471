/** Sends the pieces as they are and gives what came back: until the other side closes, says all it announced, or `waitMs` is over. */
export async function sendRaw(
  port: number,
  pieces: (string | Uint8Array)[],
  { waitMs = 3000, gapMs = 0, answers = 1 } = {},
) {
  let received = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, data) {
        received += data.toString('latin1')
        if (isComplete(received, answers)) resolve()
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

function isComplete(text: string, answers: number): boolean {
  const end = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  if (end === -1 || length === undefined) return false
  const rest = text.slice(end + 4)
  if (answers === 1) return rest.length >= Number(length)
  return isComplete(rest.slice(Number(length)), answers - 1)
}

function parse(text: string) {
  const end = text.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
  return { status, head: text.slice(0, end), body: text.slice(end + 4), text }
}
