/** What a spreadsheet would take for a formula, in the forms that it also understands. */
const FORMULA = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** One line of RFC 4180, safe to open in a spreadsheet: a text that would act as a formula gets an apostrophe. */
export const csvLine = (values: unknown[]): string => `${values.map(cell).join(',')}\r\n`

function cell(value: unknown): string {
  const text = harmless(textOf(value))
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const harmless = (text: string) => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text)
