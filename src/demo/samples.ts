import { readFile } from 'node:fs/promises'
import dental from '../../test/samples/calls/dental-booking.json'
import garage from '../../test/samples/calls/garage-repair.json'
import software from '../../test/samples/calls/software-support.json'
import telecom from '../../test/samples/calls/telecom-complaint.json'
import wrongNumber from '../../test/samples/calls/wrong-number.json'
import recording from '../../test/samples/recording.wav' with { type: 'file' }

export interface SampleCall {
  title: string
  body: Record<string, unknown>
  /** How it ends when all is well. */
  expected: 'completed' | 'skipped'
}

export const sampleCalls: SampleCall[] = [
  { title: 'Dental booking', body: dental, expected: 'completed' },
  { title: 'Telecom complaint', body: telecom, expected: 'completed' },
  { title: 'Software support', body: software, expected: 'completed' },
  { title: 'Garage repair', body: garage, expected: 'completed' },
  { title: 'Wrong number', body: wrongNumber, expected: 'skipped' },
]

/** Stereo, agent on the left; inside the executable when compiled. */
export const sampleRecording = () => readFile(recording)

/** What the workspace of the demo watches for. */
export const sampleCompetitors = [
  { name: 'Verizon', aliases: [] },
  { name: 'T-Mobile', aliases: ['T Mobile', 'TMobile'] },
  { name: 'Sprint', aliases: [] },
]
