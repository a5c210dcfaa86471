/** Whether the word lists and rules here apply; `en`, `en-GB`, and an unknown language counts as English. */
export const isEnglish = (language: string | null | undefined) =>
  !language || /^en(?:$|[-_])|^(?:und|english)$/i.test(language)
