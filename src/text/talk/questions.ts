import { sentences } from '../language/sentences.ts'
import { wordsOf } from '../language/tokens.ts'

/** How many questions a text asks. Without a question mark the order of the words tells. */
export const countQuestions = (text: string) => sentences(text).filter(({ text }) => isQuestion(text)).length

export function isQuestion(sentence: string): boolean {
  if (/\?["'”’)\]]*$/.test(sentence.trim())) return true
  if (/[.!]["'”’)\]]*$/.test(sentence.trim())) return false
  const words = skipFillers(wordsOf(sentence))
  const [first = '', second = ''] = words
  if (ASKING.test(words.slice(0, 4).join(' '))) return true
  if (QUESTION_WORDS.has(first))
    return (
      words.length <= 2 ||
      AUXILIARIES.has(second.replace(/n't$/, '')) ||
      /'s$|'re$/.test(first) ||
      first === 'how'
    )
  if (IMPERATIVES.has(first) && OBJECTS.has(second)) return false
  return AUXILIARIES.has(first.replace(/n't$/, '')) && SUBJECTS.has(second)
}

const FILLERS = new Set([
  'um',
  'uh',
  'so',
  'and',
  'but',
  'okay',
  'ok',
  'well',
  'yeah',
  'yes',
  'no',
  'oh',
  'then',
  'alright',
  'great',
  'perfect',
  'sorry',
  'now',
  'hi',
  'hello',
])
const QUESTION_WORDS = new Set(
  "what what's where where's when when's who who's why how how's which whose".split(' '),
)
const AUXILIARIES = new Set(
  'is are was were do does did can could will would shall should have has had may might am'.split(' '),
)
const SUBJECTS = new Set(
  'i you he she it we they that this there the my your our their anyone anybody someone'.split(' '),
)
/** «Do that», «have the», unlike «do you», «have they». */
const IMPERATIVES = new Set(['do', 'have'])
const OBJECTS = new Set(['this', 'that', 'it', 'my'])
const ASKING = /^(?:any chance|may i|can i|could i|what about|how about|you (?:said|mean|guys) .* right)\b/

function skipFillers(words: string[]): string[] {
  const from = words.findIndex((word) => !FILLERS.has(word))
  return from === -1 ? words : words.slice(from)
}
