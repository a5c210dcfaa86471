import * as textModule from '../text/index.ts'
import example from './template-example.txt' with { type: 'text' }
import types from './template-types.txt' with { type: 'text' }

export interface TemplateFile {
  name: string
  text: string
}

const NAME = /^[a-z][a-z0-9_-]{0,59}$/

/** The files of a new plugin; undefined when the name cannot be an id and a file name. */
export function pluginTemplate(name: string): TemplateFile[] | undefined {
  if (!NAME.test(name)) return undefined
  return [
    { name: `${name}.ts`, text: example.replaceAll('__ID__', name).replaceAll('__NAME__', titleOf(name)) },
    {
      name: 'earshot.d.ts',
      text: types.replace('__FURTHER__', () => declareFurther(Object.keys(textModule))),
    },
  ]
}

function titleOf(name: string): string {
  const words = name
    .replace(/_v\d+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim()
  return words[0]!.toUpperCase() + words.slice(1)
}

/** The rest of `earshot/text` by name alone, so that an editor offers all of it. */
function declareFurther(names: string[]): string {
  const further = names.filter((name) => !types.includes(`export function ${name}(`)).sort()
  return further.map((name) => `  export const ${name}: any\n`).join('')
}
