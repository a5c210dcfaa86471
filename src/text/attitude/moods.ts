import type { Turn } from '../../plugin-host/contract.ts'
import type { Attitude } from './valence.ts'

export type Sentiment = 'positive' | 'neutral' | 'negative'

export interface Mood {
  turn: Turn
  found: Attitude[]
  /** Sum of what was found, politeness aside. */
  felt: number
  polite: number
}
