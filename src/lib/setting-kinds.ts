import { z } from 'zod'
import { isNetwork } from './addresses.ts'
import { isKey } from './sealed.ts'

const UNITS: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }
const SMALLEST_SIZE = 1024
const LARGEST_SIZE = 1e12
const LONGEST_DELAY_SECONDS = 30 * 86_400

/**
 * The kinds of values that settings have. Each takes the text of a flag or a variable and what TOML has in its
 * place, or says in one sentence what it expects.
 */
const kind = <Value>(expects: string, read: (given: unknown) => Value | undefined) =>
  z.unknown().transform((given, context) => {
    const value = read(given)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `expects ${expects}` })
    return z.NEVER
  })

export const text = (expects = 'some text') =>
  kind(expects, (given) => (typeof given === 'string' && given.trim() !== '' ? given : undefined))

export const wholeNumber = (min: number, max: number) =>
  kind(`a whole number from ${min} to ${max}`, (given) => within(numberOf(given), min, max, Number.isInteger))

export const seconds = (min: number, max: number) =>
  kind(`seconds, from ${min} to ${max}`, (given) => within(numberOf(given), min, max))

export const delays = kind('seconds, separated by commas', (given) => {
  const all = listOf(given)?.map((each) => within(numberOf(each), 0, LONGEST_DELAY_SECONDS))
  return all?.every((each) => each !== undefined) ? (all as number[]) : undefined
})

export const size = kind('a size such as 10 MB', (given) =>
  within(sizeOf(given), SMALLEST_SIZE, LARGEST_SIZE),
)

export const onOff = kind('on or off', (given) => {
  const said = String(given).toLowerCase()
  if (['on', 'true', '1'].includes(said)) return true
  return ['off', 'false', '0'].includes(said) ? false : undefined
})

export const networks = kind('addresses or networks such as 10.0.0.0/8, separated by commas', (given) => {
  const all = listOf(given)?.map(String)
  return all?.every(isNetwork) ? all : undefined
})

export const httpUrl = kind('an http(s) address', (given) =>
  typeof given === 'string' && /^https?:\/\/[^\s/]+/.test(given) && URL.canParse(given) ? given : undefined,
)

export const secretKey = kind('32 bytes in base64', (given) =>
  typeof given === 'string' && isKey(given) ? given : undefined,
)

function within(value: number, min: number, max: number, isFitting = Number.isFinite): number | undefined {
  return isFitting(value) && value >= min && value <= max ? value : undefined
}

function numberOf(given: unknown): number {
  if (typeof given === 'number') return given
  return typeof given === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number(given) : Number.NaN
}

function sizeOf(given: unknown): number {
  if (typeof given === 'number') return Math.round(given)
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?b)?\s*$/i.exec(String(given))
  return match ? Math.round(Number(match[1]) * UNITS[(match[2] ?? 'b').toLowerCase()]!) : Number.NaN
}

function listOf(given: unknown): unknown[] | undefined {
  if (Array.isArray(given)) return given
  if (typeof given === 'number') return [given]
  return typeof given === 'string' ? given.split(/[\s,]+/).filter(Boolean) : undefined
}
