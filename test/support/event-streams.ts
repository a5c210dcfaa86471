export interface StreamedEvent {
  event: string
  id: string
  data: Record<string, unknown> & { job_id: number; at: string }
}

const GIVE_UP_MS = 10_000

/** Reads server-sent events as a browser would: each with the last id that was given, comments left out. */
export async function openEvents(url: string, token: string, headers: Record<string, string> = {}) {
  const ending = new AbortController()
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: ending.signal,
  })
  const events: StreamedEvent[] = []
  const comments: string[] = []
  let lastId = ''
  let isOver = false
  const over = read().catch(() => undefined)

  async function read() {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) take(block)
    }
    isOver = true
  }

  function take(block: string) {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]),
    )
    lastId = fields.get('id') ?? lastId
    if (fields.has('')) comments.push(fields.get('')!)
    if (fields.has('data'))
      events.push({ event: fields.get('event')!, id: lastId, data: JSON.parse(fields.get('data')!) })
  }

  return {
    status: response.status,
    headers: response.headers,
    events,
    comments,
    lastId: () => lastId,
    isOver: () => isOver,
    /** Resolves when what has come is as wanted. */
    async until(isWanted: (events: StreamedEvent[]) => boolean, timeoutMs = GIVE_UP_MS) {
      const end = Date.now() + timeoutMs
      while (!isWanted(events)) {
        if (Date.now() > end) throw new Error(`Only these events came: ${JSON.stringify(events)}`)
        await Bun.sleep(5)
      }
      return events
    },
    async close() {
      ending.abort()
      await over
    },
    over,
  }
}

/** The text of an answer; empty for a stream of events, which has no end to wait for. */
export async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  await response.body?.cancel()
  return ''
}
