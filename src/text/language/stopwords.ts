import { isEnglish } from './language.ts'
import { wordsOf } from './tokens.ts'

const set = (words: string) => new Set(words.trim().split(/\s+/))

/** Words that build sentences and carry no topic. */
export const STOPWORDS = set(`
  a an the this that these those some any each every all both few many much more most other another such no nor not
  only own same so than too very i me my mine myself we us our ours you your yours he him his she her hers it its
  they them their theirs who whom whose which what when where why how here there and but or if because as until
  while of at by for with about against between into through during before after above below to from up down in out
  on off over under again further then once am is are was were be been being have has had having do does did doing
  done will would shall should can could may might must ought need needs needed i'm i've i'd i'll you're you've
  you'd you'll he's she's it's we're we've we'd we'll they're they've they'd they'll that's there's what's who's
  where's here's how's let's let isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't
  wouldn't can't cannot couldn't shouldn't ain't also even ever never always still already yet else however though
  although since unless whether within without via per upon among around across along toward towards onto instead
  maybe perhaps somehow something anything nothing everything someone anyone everyone nobody somebody anybody
  one ones thing things stuff way ways lot lots bit kind sort well just now today tomorrow yesterday
  monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
  october november december next last morning afternoon evening noon am pm o'clock ago soon later early
  zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand first second third
`)

/** What people say on every call, whatever it is about. */
export const FILLERS = set(`
  um uh uhm erm er hmm mm mhm huh ah oh yeah yep yup yes nope no ok okay alright right sure hi hello hey bye goodbye
  thanks thank please sorry welcome great good perfect awesome excellent wonderful fine cool nice lovely amazing
  absolutely definitely certainly exactly totally actually basically literally honestly really pretty quite
  obviously anyway gotcha sir ma'am mister mr mrs ms miss guys call calls calling called speak speaking speaks talk
  talking talked say says said saying tell tells told telling ask asks asked asking know knows knew think thinks
  thought guess mean means meant see sees seen saw look looks looked looking want wants wanted like likes liked
  love get gets got getting gotten go goes going gone went gonna wanna come comes came coming make makes made
  making take takes took taken taking give gives gave given giving put puts try tries tried trying help helps
  helped helping use used using keep keeps kept work works happen happens happened hold holding wait waiting
  waited moment second seconds minute minutes bear hear hears heard feel feels felt hope hopes appreciate happy
  glad able possible sounds sound believe understand understood understands remember forget check checked
  checking find found show shows start started stop stopped hand question questions answer today's
  possibly probably quickly quick little big small new old different long short time times day days week weeks
  month months year years hour hours lets name spell spelled letter dot at dash dollars dollar number numbers
  correct confirm confirmed anything else wonder wondering worries problem ahead far back best apologize
  apologies set done patience reach reaching bring brought send sends sent sending leave left turn turned
  buy buys bought sell sold live lives living drive drove eat ate finish finished finishes whole remove close
  book booked accept accepts ending ended requested request email text bad better birth area code number phone address
  hang stay ready part point case fact idea matter person people sense reason place end side
`)

/** Whether a word carries a topic; in languages other than English only its length can tell. */
export const isContentWord = (word: string, language = 'en'): boolean =>
  isEnglish(language) ? word.split('-').some(isTopic) : word.length > 3 && !/^\d/.test(word)

const isTopic = (word: string) =>
  word.length > 2 && !STOPWORDS.has(word) && !FILLERS.has(word) && !/^\d/.test(word)

export const contentWords = (text: string, language = 'en') =>
  isEnglish(language) ? englishContent(text) : wordsOf(text).filter((word) => isContentWord(word, language))

/** Summaries and phrases weigh the same sentences many times over. */
const CACHED_TEXTS = 2000
const cache = new Map<string, string[]>()

function englishContent(text: string): string[] {
  const known = cache.get(text)
  if (known) return known
  if (cache.size >= CACHED_TEXTS) cache.clear()
  const words = wordsOf(text).filter((word) => isContentWord(word))
  cache.set(text, words)
  return words
}
