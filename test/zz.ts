import { parseTranscript } from '../src/text/turns.ts'
const N = 4_000_000
const cases: Record<string, string> = {
  lines: 'A: hi there\n'.repeat(N / 12), tiny: 'a:\n'.repeat(N / 3), plain: 'word '.repeat(N / 5), one: 'x'.repeat(N), spaces: ' '.repeat(N) + 'x', inline: 'Agent: hi there '.repeat(N / 16), caps: 'Agent: ' + 'Aaa Bbb '.repeat(N / 8), colons: ':'.repeat(N), brackets: '['.repeat(N), times: '00:00 --> 00:01\nA: b\n'.repeat(N / 21), spacey: ('A' + ' '.repeat(39) + '00:00\n').repeat(N / 46), nl: '\n'.repeat(N), cap2: 'Agent: ' + 'A '.repeat(N/2), distinct: Array.from({length: 300_000}, (_, i) => `Sp${i}: hi`).join('\n'),
}
for (const [k, v] of Object.entries(cases)) { const t = performance.now(); let n: unknown; try { n = parseTranscript(v).length } catch (e) { n = String(e).slice(0, 80) } console.log(k, v.length, n, Math.round(performance.now() - t), 'ms') }
