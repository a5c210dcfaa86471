import { verifySignature } from '../lib/signature.ts'

export interface ReceivedWebhook {
  id: string
  jobId: number
  algorithmId: string
  status: string
  /** Undefined when every signature is right. */
  wrong: string | undefined
}

/** What a partner would run: it takes webhooks on loopback and checks who signed them. */
export function startReceiver(secret: string) {
  const received: ReceivedWebhook[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body = await request.text()
      const wrong = verifySignature({
        headers: request.headers,
        body,
        secret,
        nowSeconds: Math.floor(Date.now() / 1000),
      })
      const payload = JSON.parse(body) as { status: string; call: { job_id: number; algorithm_id: string } }
      received.push({
        id: request.headers.get('webhook-id') ?? '',
        jobId: payload.call.job_id,
        algorithmId: payload.call.algorithm_id,
        status: payload.status,
        wrong,
      })
      return new Response(null, { status: wrong ? 401 : 204 })
    },
  })
  return { url: `${server.url.origin}/hooks`, received, stop: () => server.stop(true) }
}
