export interface DemoJob {
  job_id: number
  status: string
  skip_reason: string | null
  error: { code: string; message: string } | null
  duration_seconds: number | null
  deliveries: { pending: number; delivered: number; failed: number }
}

export interface DemoRun {
  algorithm_run_id: number
  algorithm_id: string
  status: string
  result: Record<string, unknown> | null
  error: { code: string; message: string } | null
  duration_ms: number
}

export interface DemoLog {
  time: string
  level: string
  stage: string
  message: string
  data: Record<string, unknown> | null
}

/** The public API, as any partner calls it. */
export function apiClient(url: string, token: string) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      },
      body: isForm ? body : body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
  return {
    put: <T>(path: string, body: unknown) => call<T>('PUT', path, body),
    patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, body),
    post: <T>(path: string, body: unknown) => call<T>('POST', path, body),
    job: (id: number) => call<DemoJob>('GET', `/jobs/${id}`),
    runs: async (id: number) => (await call<{ runs: DemoRun[] }>('GET', `/jobs/${id}/runs`)).runs,
    logs: async (id: number) => (await call<{ logs: DemoLog[] }>('GET', `/jobs/${id}/logs?limit=100`)).logs,
  }
}

export type Client = ReturnType<typeof apiClient>
