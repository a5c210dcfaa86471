import { describe, expect, test } from 'bun:test'
import { parseTranscript, transcriptText } from '../../src/text/index.ts'

describe('parseTranscript', () => {
  const cases: [string, string, [string, string][]][] = [
    [
      'labelled lines',
      'Agent: Hello.\nCustomer: Hi there.',
      [
        ['Agent', 'Hello.'],
        ['Customer', 'Hi there.'],
      ],
    ],
    [
      'continuation lines',
      'Agent: One moment\nplease.\nCustomer: Sure.',
      [
        ['Agent', 'One moment please.'],
        ['Customer', 'Sure.'],
      ],
    ],
    [
      'no label at all',
      'we are closed today\nplease call again',
      [['Speaker', 'we are closed today please call again']],
    ],
    [
      'a clock time inside',
      'Agent: See you\nat 10:30: sharp.\nCustomer: Ok.',
      [
        ['Agent', 'See you at 10:30: sharp.'],
        ['Customer', 'Ok.'],
      ],
    ],
    [
      'a note inside',
      'Agent: Please remember.\nNote: bring your card.\nCustomer: Yes.',
      [
        ['Agent', 'Please remember. Note: bring your card.'],
        ['Customer', 'Yes.'],
      ],
    ],
    [
      'a colon later in the line',
      'Customer: My question: is it open?',
      [['Customer', 'My question: is it open?']],
    ],
    [
      'an ordinary word before a colon',
      'Agent: Hi.\nListen: it is late.\nCustomer: ok',
      [
        ['Agent', 'Hi. Listen: it is late.'],
        ['Customer', 'ok'],
      ],
    ],
    [
      'a web address',
      'Agent: Go to\nhttps: //example.com\nCustomer: Done.',
      [
        ['Agent', 'Go to https: //example.com'],
        ['Customer', 'Done.'],
      ],
    ],
    [
      'people by name',
      'Maria: Front desk.\nJohn Smith: Hello.\nMaria: Yes?',
      [
        ['Maria', 'Front desk.'],
        ['John Smith', 'Hello.'],
        ['Maria', 'Yes?'],
      ],
    ],
    [
      'recogniser labels',
      'spk_0: hello\nspk_1: hi\nspk_0: yes',
      [
        ['spk_0', 'hello'],
        ['spk_1', 'hi'],
        ['spk_0', 'yes'],
      ],
    ],
    [
      'numbered speakers',
      'Speaker 1: hello\nSpeaker 2: hi',
      [
        ['Speaker 1', 'hello'],
        ['Speaker 2', 'hi'],
      ],
    ],
    [
      'bold labels',
      '**Agent:** Hello.\n**Customer:** Hi.',
      [
        ['Agent', 'Hello.'],
        ['Customer', 'Hi.'],
      ],
    ],
    [
      'bracketed labels',
      '[Agent] Hello.\n[Caller] Hi.',
      [
        ['Agent', 'Hello.'],
        ['Caller', 'Hi.'],
      ],
    ],
    [
      'lost line breaks',
      'Agent: Hello. How can I help? Customer: I need a tow. Agent: Where are you?',
      [
        ['Agent', 'Hello. How can I help?'],
        ['Customer', 'I need a tow.'],
        ['Agent', 'Where are you?'],
      ],
    ],
    [
      'windows line ends and empty lines',
      'Agent: Hello.\r\n\r\nCustomer: Hi.\r\n',
      [
        ['Agent', 'Hello.'],
        ['Customer', 'Hi.'],
      ],
    ],
    [
      'a label with the text below it',
      'Agent:\nHello.\nCustomer:\nHi.',
      [
        ['Agent', 'Hello.'],
        ['Customer', 'Hi.'],
      ],
    ],
    ['nothing', ' \n ', []],
  ]
  for (const [name, text, turns] of cases) {
    test(name, () => {
      expect(parseTranscript(text).map(({ speaker, text }) => [speaker, text])).toEqual(
        turns as [string, string][],
      )
    })
  }

  const timed: [string, string, number, number | undefined][] = [
    ['brackets', '[00:01:23] Agent: Hello.', 83_000, undefined],
    ['a dash', '00:12 - Agent: Hello.', 12_000, undefined],
    ['parentheses and fractions', '(0:07.5) Agent: Hello.', 7_500, undefined],
    ['a range', '[00:01 - 00:04] Agent: Hello.', 1_000, 4_000],
    ['after the label', 'Agent [00:00:09]: Hello.', 9_000, undefined],
    ['above the line', '00:00:02.000 --> 00:00:05.250\nAgent: Hello.', 2_000, 5_250],
    ['bare', '01:02 Agent: Hello.', 62_000, undefined],
  ]
  for (const [name, text, start, end] of timed) {
    test(`times: ${name}`, () => {
      const [turn] = parseTranscript(text)
      expect(turn?.speaker).toBe('Agent')
      expect(turn?.text).toBe('Hello.')
      expect(turn?.start_ms).toBe(start)
      expect(turn?.end_ms).toBe(end)
    })
  }

  test('subtitle files lose their cue numbers', () => {
    const text =
      '1\n00:00:01,000 --> 00:00:02,000\nAgent: Hello.\n\n2\n00:00:03,000 --> 00:00:04,000\nCustomer: Hi.'
    expect(parseTranscript(text)).toEqual([
      { speaker: 'Agent', text: 'Hello.', start_ms: 1000, end_ms: 2000 },
      { speaker: 'Customer', text: 'Hi.', start_ms: 3000, end_ms: 4000 },
    ])
  })
})

test('transcriptText and parseTranscript are each other’s inverse', () => {
  const turns = [
    { speaker: 'Agent', text: 'Good morning.' },
    { speaker: 'Customer', text: 'Hi: I have a question.' },
  ]
  expect(transcriptText(turns)).toBe('Agent: Good morning.\nCustomer: Hi: I have a question.')
  expect(parseTranscript(transcriptText(turns))).toEqual(turns)
})
