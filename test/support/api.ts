export interface Answer<T = Record<string, unknown>> {
  status: number
  headers: Headers
  body: T
}

export interface Job {
  job_id: number
  uuid: string
  status: string
  parent_job_id: number | null
  source_call_id: string | null
  duration_seconds: number | null
  language: string | null
  skip_reason: string | null
  error: { code: string; message: string } | null
  deliveries: { pending: number; delivered: number; failed: number }
  created_at: string
  completed_at: string | null
  updated_at: string
}

export interface Run {
  algorithm_run_id: number
  algorithm_id: string
  status: string
  version: string | null
  revision: number
  result: Record<string, unknown> | null
  error: { code: string; message: string } | null
  webhook_status: string
}

export interface Delivery {
  delivery_id: number
  algorithm_run_id: number
  endpoint_id: string
  url: string
  status: string
  next_attempt_at: string | null
  attempts: {
    at: string
    status_code: number | null
    duration_ms: number
    error_kind: string | null
    response_excerpt: string | null
  }[]
}

export interface LogLine {
  time: string
  level: string
  stage: string
  message: string
  data: Record<string, unknown> | null
}

const OVER = new Set(['completed', 'partial', 'failed', 'skipped', 'cancelled'])
const GIVE_UP_MS = 15_000
const POLL_MS = 15

export type Api = ReturnType<typeof apiOf>

/** The Gensail API as a partner calls it; `send` judges nothing, the others expect success. */
export function apiOf(url: string, token: string) {
  async function send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const isJson = body !== undefined && !(body instanceof FormData)
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(isJson && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : (body as FormData | undefined),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as T }
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await send<T>(method, path, body)
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  const job = (id: number) => call<Job>('GET', `/jobs/${id}`)

  /** Polls until the job is as wanted. */
  async function jobWhen(
    id: number,
    isWanted: (job: Job) => boolean | Promise<boolean>,
    timeoutMs = GIVE_UP_MS,
  ): Promise<Job> {
    const end = Date.now() + timeoutMs
    for (;;) {
      const found = await job(id)
      if (await isWanted(found)) return found
      if (Date.now() > end) throw new Error(`Job ${id} is still ${JSON.stringify(found)}`)
      await Bun.sleep(POLL_MS)
    }
  }

  async function logs(id: number): Promise<LogLine[]> {
    const lines: LogLine[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { logs: LogLine[]; next_cursor: string | null } = await call(
        'GET',
        `/jobs/${id}/logs?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      lines.push(...page.logs)
      cursor = page.next_cursor
    }
    return lines
  }

  return {
    send,
    get: <T>(path: string) => call<T>('GET', path),
    post: <T>(path: string, body?: unknown) => call<T>('POST', path, body ?? {}),
    put: <T>(path: string, body: unknown) => call<T>('PUT', path, body),
    patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, body),
    delete: (path: string) => call<void>('DELETE', path),
    /** Into the default workspace unless the body names another. */
    submit: async (body: object, kind: 'transcript' | 'audio' = 'transcript') =>
      (await call<Job>('POST', `/calls/${kind}`, { workspace_id: 'default', ...body })).job_id,
    submitFile: async (file: Uint8Array, fields: object = {}) => {
      const form = new FormData()
      form.append('payload', JSON.stringify({ workspace_id: 'default', ...fields }))
      form.append('file', new File([new Uint8Array(file)], 'call.wav', { type: 'audio/wav' }))
      return (await call<Job>('POST', '/calls/audio-file', form)).job_id
    },
    configure: (sections: object, entity = 'workspaces/default') =>
      call<Record<string, unknown>>('PATCH', `/config/${entity}`, sections),
    job,
    jobWhen,
    ended: (id: number, timeoutMs?: number) => jobWhen(id, ({ status }) => OVER.has(status), timeoutMs),
    /** Ended, and all its deliveries have come to an end too. */
    settled: (id: number, timeoutMs?: number) =>
      jobWhen(id, ({ status, deliveries }) => OVER.has(status) && deliveries.pending === 0, timeoutMs),
    runs: async (id: number) => (await call<{ runs: Run[] }>('GET', `/jobs/${id}/runs`)).runs,
    allRuns: async (id: number) => (await call<{ runs: Run[] }>('GET', `/jobs/${id}/runs?all=true`)).runs,
    deliveries: async (id: number) =>
      (await call<{ deliveries: Delivery[] }>('GET', `/jobs/${id}/deliveries`)).deliveries,
    logs,
  }
}
