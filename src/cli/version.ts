import { version as number } from '../version.ts'
import { type Command, printJson } from './command.ts'

export const version: Command = {
  name: 'version',
  summary: 'print the version',
  run({ json }) {
    if (json) printJson({ version: number, bun: Bun.version })
    else console.log(number)
    return 0
  },
}
