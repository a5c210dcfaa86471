import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import command from '../../plugins/command.ts'
import { splitChannels } from '../../src/audio/index.ts'
import { needs } from '../support/needs.ts'
import { makeScratch } from '../support/scratch.ts'
import { makeContext, makeRecording } from '../support/transcribing.ts'

const scratch = makeScratch()
const recording = makeRecording(scratch.file('RIFF', 'call.wav'), 12, {
  language: 'en-US',
  vocabulary: ['Becker'],
})

/** A shell script in the place of a recogniser. */
function makeProgram(script: string) {
  const path = scratch.file(`#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

const transcribe = (given: object, context = makeContext()) =>
  Promise.resolve(command.transcribe(recording, command.settings.parse(given), context))

const failure = (given: object, context = makeContext()) =>
  transcribe(given, context).then(
    () => 'no error',
    (error: Error) => error.message,
  )

describe('what is missing is said', () => {
  const missing = (given: object) => command.missing?.(command.settings.parse(given))

  test('no program', () => expect(missing({})).toMatch(/`program`/))
  test('a program that is not there', () =>
    expect(missing({ program: 'no-such-recogniser' })).toMatch(/not found/))
  test('a model for whisper.cpp', () =>
    expect(missing({ program: 'sh', format: 'whisper-cpp' })).toMatch(/`model`/))
  test('nothing', () => {
    expect(missing({ program: 'sh', format: 'whisper-cpp', model: '/m.bin' })).toBeUndefined()
    expect(missing({ program: makeProgram('true') })).toBeUndefined()
  })
})

describe('formats', () => {
  test('text becomes one turn', async () => {
    const program = makeProgram('echo "  Hello there,"; echo "goodbye. "')
    expect((await transcribe({ program })).turns).toEqual([
      { text: 'Hello there, goodbye.', start_ms: 0, end_ms: 12_000 },
    ])
  })

  test('no text, no turns', async () =>
    expect((await transcribe({ program: makeProgram('true') })).turns).toEqual([]))

  test('arguments are filled in and reach the program as they are', async () => {
    const program = makeProgram('printf "%s|" "$@"')
    const args = ['-f', '{input}', '--lang={language}', '{prompt}', '{other}', 'a b; echo $HOME']
    const { turns } = await transcribe({ program, args })
    expect(turns[0]!.text).toBe(`-f|${recording.path}|--lang=en|Becker|{other}|a b; echo $HOME|`)
  })

  test('whisper-cpp is called as its program wants, and its file is read', async () => {
    const answer = {
      result: { language: 'en' },
      transcription: [
        { timestamps: {}, offsets: { from: 0, to: 2400 }, text: ' Good morning.' },
        { offsets: { from: 2400, to: 4000 }, text: ' [BLANK_AUDIO]' },
        { offsets: { from: 4000, to: 5500 }, text: ' How are you?' },
      ],
    }
    const file = scratch.file(JSON.stringify(answer), 'answer.json')
    const program = makeProgram(`
      while [ $# -gt 0 ]; do case $1 in -of) of=$2; shift;; -oj) json=1;; -m) model=$2; shift;; esac; shift; done
      [ "$json" = 1 ] && [ "$model" = /models/base.bin ] && cp ${file} "$of.json"; echo "[00:00] shown as well"`)
    const { turns, language } = await transcribe({
      program,
      format: 'whisper-cpp',
      model: '/models/base.bin',
    })
    expect(language).toBe('en')
    expect(turns).toEqual([
      { text: 'Good morning.', start_ms: 0, end_ms: 2400 },
      { text: 'How are you?', start_ms: 4000, end_ms: 5500 },
    ])
  })

  test('pocketsphinx: utterances with their words', async () => {
    const lines = [
      'you forgot to look',
      '<s> 0.000 0.330 0.999100',
      'you 0.340 0.470 0.311538',
      'forgot(2) 0.480 0.860 0.082770',
      '<sil> 0.870 1.010 0.969084',
      'to(3) 1.020 1.140 0.5',
      'look 1.150 1.240 1.000200',
      '</s> 1.250 1.370 1.000000',
      '',
      '<s> 2.000 2.330 0.999100',
      '</s> 2.340 2.470 1.000000',
      'bye',
      '<s> 8.660 8.760 0.999200',
      'bye 8.770 9.110 2.477e-01',
      '</s> 9.120 9.200 1.000000',
    ]
    const program = makeProgram(`cat <<'END'\n${lines.join('\n')}\nEND`)
    const { turns } = await transcribe({ program, format: 'pocketsphinx' })
    expect(turns.map(({ text, start_ms, end_ms }) => ({ text, start_ms, end_ms }))).toEqual([
      { text: 'you forgot to look', start_ms: 340, end_ms: 1240 },
      { text: 'bye', start_ms: 8770, end_ms: 9110 },
    ])
    expect(turns[0]!.words?.[1]).toEqual({ text: 'forgot', start_ms: 480, end_ms: 860, confidence: 0.08277 })
    expect(turns[1]!.confidence).toBeCloseTo(0.2477)
  })

  test('json in our own shape', async () => {
    const answer = { language: 'de', turns: [{ text: 'Guten Tag', start_ms: 10, end_ms: 900 }] }
    const program = makeProgram(`echo '${JSON.stringify(answer)}'`)
    expect(await transcribe({ program, format: 'json' })).toEqual(answer)
  })

  test.each([
    ['not json', /wrote: not json/],
    ['{"turns": [{"text": 5}]}', /turns\.0\.text/],
    ['', /wrote: nothing/],
  ])('json that is none: %j', async (output, sentence) => {
    expect(await failure({ program: makeProgram(`echo '${output}'`), format: 'json' })).toMatch(sentence)
  })
})

describe('failures', () => {
  test('an exit code comes with the last lines of stderr', async () => {
    const program = makeProgram('for n in 1 2 3 4 5 6 7; do echo "line $n" >&2; done; exit 3')
    const message = await failure({ program })
    expect(message).toMatch(/exit code 3/)
    expect(message).toContain('line 7')
    expect(message).not.toContain('line 2')
  })

  test('a crash is told apart', async () => {
    expect(await failure({ program: makeProgram('kill -SEGV $$') })).toMatch(/was killed/)
  })

  test('endless output is stopped', async () => {
    expect(await failure({ program: makeProgram('yes') })).toMatch(/more than \d+ bytes/)
  })

  test('the program sees no secrets', async () => {
    process.env.EARSHOT_SECRET_TEST = 'hidden'
    const { turns } = await transcribe({ program: makeProgram('env') })
    delete process.env.EARSHOT_SECRET_TEST
    expect(turns[0]!.text).toContain('PATH=')
    expect(turns[0]!.text).not.toContain('hidden')
  })
})

describe('nothing outlives its limit', () => {
  const isAlive = (pid: number) =>
    existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')

  async function readPids(path: string, count: number) {
    for (let round = 0; round < 200; round++) {
      const pids = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : []
      if (pids.length === count && pids.every((pid) => pid > 0)) return pids
      await Bun.sleep(20)
    }
    throw new Error('the program did not start')
  }

  async function waitUntilGone(pids: number[]) {
    for (let round = 0; round < 100 && pids.some(isAlive); round++) await Bun.sleep(20)
    return pids.filter(isAlive)
  }

  test('a hanging program ends with its child and its orphan', async () => {
    const path = join(scratch.directory, 'hanging')
    const program = makeProgram(
      `sleep 600 & echo $! > ${path}; (setsid sleep 600 & echo $! >> ${path}); echo $$ >> ${path}; wait`,
    )
    const controller = new AbortController()
    const outcome = failure({ program }, makeContext({ signal: controller.signal }))
    const pids = await readPids(path, 3)
    expect(pids.filter(isAlive)).toHaveLength(3)
    controller.abort(new Error('time is up'))
    expect(await outcome).toBe('time is up')
    expect(await waitUntilGone(pids)).toEqual([])
  })

  test('what a finished program leaves behind is ended, and its answer counts', async () => {
    const path = join(scratch.directory, 'left')
    const program = makeProgram(`sleep 600 & echo $! > ${path}; echo done`)
    expect((await transcribe({ program })).turns[0]!.text).toBe('done')
    expect(await waitUntilGone(await readPids(path, 1))).toEqual([])
  })

  test('an aborted signal starts nothing', async () => {
    const path = join(scratch.directory, 'never')
    const program = makeProgram(`touch ${path}`)
    await failure({ program }, makeContext({ signal: AbortSignal.abort(new Error('too late')) }))
    expect(existsSync(path)).toBe(false)
  })

  needs('setpriv')('when its host is killed the program dies too', async () => {
    const path = join(scratch.directory, 'orphaned')
    const settings = { program: makeProgram(`echo $$ > ${path}; exec sleep 600`) }
    const source = `
      const { default: command } = await import(${JSON.stringify(join(process.cwd(), 'plugins/command.ts'))})
      const context = { signal: new AbortController().signal }
      await command.transcribe(${JSON.stringify(recording)}, command.settings.parse(${JSON.stringify(settings)}), context)`
    const host = Bun.spawn([process.execPath, '-e', source], { stdout: 'ignore', stderr: 'inherit' })
    const pids = await readPids(path, 1)
    host.kill('SIGKILL')
    expect(await waitUntilGone(pids)).toEqual([])
  })
})

needs('pocketsphinx_continuous')(
  'the real pocketsphinx hears words in the sample, at times when somebody speaks',
  async () => {
    const { files, segments, duration_ms } = await splitChannels(
      'test/samples/recording.mp3',
      scratch.directory,
    )
    const settings = command.settings.parse({ program: 'pocketsphinx_continuous', format: 'pocketsphinx' })
    const customer = makeRecording(files[1]!.path, duration_ms / 1000)
    const { turns } = await command.transcribe(customer, settings, makeContext())
    const words = turns.flatMap((turn) => turn.words ?? [])
    expect(words.length).toBeGreaterThan(4)
    const isInSpeech = (time: number) =>
      segments[1]!.some((each) => time >= each.start_ms - 200 && time <= each.end_ms + 200)
    const inSpeech = words.filter((word) => isInSpeech((word.start_ms + word.end_ms) / 2))
    expect(inSpeech.length / words.length).toBeGreaterThan(0.8)
  },
  60_000,
)
