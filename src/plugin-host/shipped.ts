type Load = () => Promise<{ default: unknown }>

/** Written out, so that the bundler finds every file and embeds it. A test holds it against the folder. */
export const SHIPPED: Record<string, Load> = {
  key_phrases_v1: () => import('../../plugins/key_phrases_v1.ts'),
  sentiment_v1: () => import('../../plugins/sentiment_v1.ts'),
  summary_v1: () => import('../../plugins/summary_v1.ts'),
  command: () => import('../../plugins/command.ts'),
  competitor_mentions_v1: () => import('../../plugins/competitor_mentions_v1.ts'),
  internal_metrics_v1: () => import('../../plugins/internal_metrics_v1.ts'),
  openai: () => import('../../plugins/openai.ts'),
  prompt_v1: () => import('../../plugins/prompt_v1.ts'),
  pii_v1: () => import('../../plugins/pii_v1.ts'),
  appointment_scheduling: () => import('../../plugins/appointment_scheduling.ts'),
  qa_scoring_v1: () => import('../../plugins/qa_scoring_v1.ts'),
}
