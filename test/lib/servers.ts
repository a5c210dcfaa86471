import { afterAll } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'

const servers: Server[] = []
const sockets = new Set<Socket>()

afterAll(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

/** A server without any manners: `answer` gets the bare socket once the request has begun to arrive. */
export async function rawServer(answer: (socket: Socket) => void, host = '127.0.0.1') {
  const seen = { connections: 0, closed: 0 }
  const server = createServer((socket) => {
    seen.connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => seen.closed++)
    socket.once('data', () => answer(socket))
  })
  servers.push(server)
  const port = await new Promise<number>((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, host, () => resolve((server.address() as { port: number }).port))
  })
  return { port, url: `http://127.0.0.1:${port}/`, seen }
}

export const answerWith = (...lines: string[]) => lines.join('\r\n')

/** Writes `text` again and again, as fast as it is read or at the given pace. */
export function writeForever(socket: Socket, text: string, everyMs = 0) {
  const write = () => {
    if (socket.destroyed) return
    const goOn = socket.write(text)
    if (everyMs > 0) setTimeout(write, everyMs)
    else if (goOn) setImmediate(write)
    else socket.once('drain', write)
  }
  write()
}
