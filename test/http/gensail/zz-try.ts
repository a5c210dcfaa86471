import { startAppliance } from '/work/main/test/support/appliance.ts'
const a = await startAppliance()
const show = async (m: string, p: string, body?: unknown, headers = {}) => { const r = await a.api.send(m, p, body, headers); console.log(m, p, r.status, JSON.stringify(r.body).slice(0, 700)); return r.body as any }
const j = await show('POST', '/calls/transcript', { workspace_id: 'default', transcript: 'Agent: Good morning.\nCustomer: I love it, thank you so much', source_call_id: 'a1', duration_seconds: 40, started_at: '2026-03-04 10:30:00-05:00' }, { 'idempotency-key': 'k1' })
await show('POST', '/calls/transcript', { workspace_id: 'default', transcript: 'Agent: Good morning.\nCustomer: I love it, thank you so much', source_call_id: 'a1', duration_seconds: 40, started_at: '2026-03-04 10:30:00-05:00' }, { 'idempotency-key': 'k1' })
await a.api.ended(j.job_id)
for (const p of ['/jobs', '/jobs/1', '/jobs/1/logs', '/jobs/1/runs?limit=2', '/jobs/1/transcript', '/jobs/1/deliveries', '/jobs/lookup?source_call_id=a1', '/algorithms', '/algorithms/sentiment_v1/variables', '/config/schema', '/config/workspaces/default', '/config/workspaces/default/resolved', '/config/workspace/default/webhook-credential', '/webhooks/endpoints', '/health', '/jobs?since=30d&status=completed&source_call_id=a1']) await show('GET', p)
await show('POST', '/jobs/1/run-algorithms', { algorithm_ids: ['sentiment_v1'] })
await show('POST', '/jobs/1/run-algorithms', { algorithm_ids: ['sentiment_v1', 'nope'] })
await show('POST', '/jobs/1/run-algorithms', { algorithm_ids: ['sentiment_v1'], force_rerun: true })
await show('PUT', '/config/workspaces/default', { processing: { algorithms: ['nope'] } })
await show('PATCH', '/config/workspaces/default/processing', { filters: { min_duration_seconds: 5 } })
await show('PATCH', '/config/workspaces/default/processing?validate_only=true', { filters: { min_duration_seconds: 7 } })
for (const p of ['/health', '/readiness', '/liveness', '/version', '/openapi.json']) { const r = await fetch(a.url + p); console.log(p, r.status, (await r.text()).slice(0, 300)) }
await a.stop()
process.exit(0)
