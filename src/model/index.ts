/** The module `earshot/model`: asks the operator's language model, and shows it calls as data. */
export { type ChatRequest, chat } from './chat.ts'
export { isTooLong } from './errors.ts'
export {
  callFacts,
  cutTurns,
  dataBlock,
  fillTemplate,
  templateProblem,
  transcriptBlock,
} from './transcripts.ts'
