import type { Role, Turn } from '../../plugin-host/contract.ts'
import { isOrdinaryWord } from '../language/ordinary-words.ts'
import { quoteAround } from '../language/quotes.ts'
import { lacksCasing, type Token, tokenize } from '../language/tokens.ts'
import { type Hit, namesCompany } from './name-context.ts'

export interface Named {
  name: string
  aliases: readonly string[]
}

export interface Mention {
  name: string
  turn: number
  speaker: string
  role: Role
  quote: string
  start: number
  end: number
}

/**
 * Finds companies by name: whole words in any casing, possessives and plurals included. A name that is also an
 * everyday word («Target», «Square») only counts where its casing or the words around it mean the company.
 */
export function findMentions(turns: readonly Turn[], companies: readonly Named[]): Mention[] {
  const forms = companies.flatMap(formsOf)
  if (forms.length === 0) return []
  const isCased = hasNames(turns)
  return turns.flatMap((turn) => {
    const tokens = tokenize(turn.text)
    const cased = isCased && !lacksCasing(turn.text)
    const hits = tokens.flatMap((token, at) => {
      const possible = forms.filter((form) => form.parts[0]?.[0] === token.word[0])
      return possible.length > 0 ? longestHit(tokens, at, possible) : []
    })
    return withoutOverlaps(hits)
      .filter((hit) => hit.form.isDistinctive || namesCompany(turn.text, tokens, hit, cased))
      .map((hit) => mentionOf(turn, tokens, hit))
  })
}

type Form = Hit['form']

const letters = (text: string) =>
  text
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, '')

function formsOf({ name, aliases }: Named): Form[] {
  const texts = [
    ...new Set([name, ...aliases].map((text) => text.trim()).filter((text) => letters(text) !== '')),
  ]
  return texts.flatMap((text) => {
    const parts = partsOf(text)
    const isDistinctive = !parts.every(isOrdinaryWord) && !(parts.length === 1 && (parts[0] ?? '').length < 2)
    const form = { name, parts, isDistinctive }
    const short = parts.filter((part) => part !== 'and')
    return text.includes('&') ? [form, { ...form, parts: short, isDistinctive: short.length > 1 }] : [form]
  })
}

/** «RingCentral» and «T-Mobile» are also heard as two words. */
const partsOf = (text: string) =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/&/g, ' and ')
    .replace(/['’]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')

function longestHit(tokens: Token[], at: number, forms: Form[]): Hit[] {
  const hits = forms.flatMap((form) => hitAt(tokens, at, form) ?? [])
  return hits.sort((a, b) => b.to - a.to || b.form.parts.length - a.form.parts.length).slice(0, 1)
}

/** Follows the tokens as long as their letters, joined, spell the name; borders may fall anywhere between its parts. */
function hitAt(tokens: Token[], at: number, form: Form): Hit | undefined {
  const whole = form.parts.join('')
  let spelled = ''
  for (let to = at; to < tokens.length && spelled.length < whole.length; to++) {
    const word = letters(tokens[to]?.word ?? '')
    const ending = endingOf(tokens[to]?.word ?? '', whole.slice(spelled.length))
    if (ending) return { from: at, to: to + 1, form, ending }
    spelled += word
    if (!whole.startsWith(spelled) || !isBorder(form.parts, spelled.length)) return undefined
  }
  return undefined
}

function endingOf(word: string, rest: string): Hit['ending'] | undefined {
  const plain = letters(word)
  if (plain === rest) return 'plain'
  if (/['’]s?$/.test(word) && letters(word.replace(/['’]s?$/, '')) === rest) return 'possessive'
  if (plain === `${rest}s` || plain === `${rest}es`) return word.includes("'") ? 'possessive' : 'plural'
  return undefined
}

/** A word may end where a part of the name ends, or after a letter of a name that is spelled out («A T and T»). */
function isBorder(parts: string[], length: number): boolean {
  let end = 0
  for (const part of parts) {
    if (length < end + part.length) return part.length <= 3 && length > end
    end += part.length
    if (length === end) return true
  }
  return false
}

function withoutOverlaps(hits: Hit[]): Hit[] {
  const kept: Hit[] = []
  for (const hit of [...hits].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)) {
    if (!kept.some((other) => hit.from < other.to && other.from < hit.to)) kept.push(hit)
  }
  return kept.sort((a, b) => a.from - b.from)
}

/** Capitals other than «I» inside sentences: then the writer of the transcript knows names. */
const hasNames = (turns: readonly Turn[]) => {
  const text = turns.map((turn) => turn.text).join('\n')
  return !lacksCasing(text) && /[\p{L},] (?!I\b)\p{Lu}|^\p{Lu}\p{Ll}/mu.test(text)
}

function mentionOf(turn: Turn, tokens: Token[], hit: Hit): Mention {
  const start = tokens[hit.from]?.start ?? 0
  const end = tokens[hit.to - 1]?.end ?? start
  const quote = quoteAround(turn.text, start, end)
  return { name: hit.form.name, turn: turn.turn, speaker: turn.speaker, role: turn.role, quote, start, end }
}
