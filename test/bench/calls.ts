import { request } from './client.ts'

const TURNS = 40
const TEMPLATES = 32
const TURN_MS = 4500
const ID_DIGITS = 10
const PLACE = '#'.repeat(ID_DIGITS)
const PHRASES = [
  'I would like to cancel the contract we signed in spring',
  'thanks for waiting while I open your account',
  'the invoice shows a price that nobody told me about',
  'please give me a moment to look into that',
  'this has been a terrible week for our whole team',
  'I can offer you an upgrade at no cost',
  'that is great to hear and exactly what I need',
  'could a manager call me back about the refund',
  'the service was slow again on Monday',
  'I am happy that we solved this together',
]

/** Numbered submissions of about 3.7 KB: some templates with their id written over, so that they cost nothing to make. */
export function submissions(address: string, token: string, workspace: string) {
  const templates = Array.from({ length: TEMPLATES }, (_, seed) => {
    const bytes = request(address, {
      method: 'POST',
      path: '/api/v1/calls/transcript',
      token,
      body: JSON.stringify(call(workspace, seed)),
    })
    return { bytes, at: bytes.indexOf(PLACE) }
  })
  return (index: number): Buffer => {
    const { bytes, at } = templates[index % TEMPLATES]!
    const own = Buffer.from(bytes)
    own.write(String(index).padStart(ID_DIGITS, '0'), at, 'latin1')
    return own
  }
}

function call(workspace: string, seed: number) {
  return {
    source_call_id: `bench-${PLACE}`,
    source_company_id: 'company-17',
    workspace_id: workspace,
    agent_name: 'Dana',
    direction: 'inbound',
    started_at: '2026-01-05T10:00:00Z',
    duration_seconds: 180,
    language: 'en',
    metadata: { campaign: 'winter', region: 'eu', tags: ['a', 'b'] },
    transcript: Array.from({ length: TURNS }, (_, at) => turn(at, seed)),
  }
}

const turn = (at: number, seed: number) => ({
  speaker: at % 2 ? 'customer' : 'agent',
  text: PHRASES[(at * 7 + seed * 3) % PHRASES.length],
  start_ms: at * TURN_MS,
})
