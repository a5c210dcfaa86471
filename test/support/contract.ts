import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>
}

type Problem = (method: string, path: string, response: Response, body: unknown) => string | undefined

/** Says what is wrong with an answer, if anything is, by the document that the appliance itself serves. */
export async function readContract(url: string): Promise<Problem> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
  const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }))
  ajv.addSchema(document, 'openapi')

  return (method, path, { status, headers }, body) => {
    const template = Object.keys(document.paths)
      .filter((each) => document.paths[each]![method.toLowerCase()] && fits(each, path))
      .sort((one, other) => parameters(one) - parameters(other))[0]
    if (!template) return undefined
    const operation = document.paths[template]![method.toLowerCase()]!
    const answer = operation.responses[status]
    if (!answer) return `${method} ${template} does not document ${status}`
    if (!headers.get('content-type')?.startsWith('application/json')) return undefined
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status)].map(escaped)
    const schema = ajv.getSchema(`openapi#/${pointer.join('/')}/content/application~1json/schema`)
    if (!schema) return `${method} ${template} documents no JSON for ${status}`
    if (schema(body)) return undefined
    return `${method} ${template} ${status}: ${ajv.errorsText(schema.errors)}`
  }
}

const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

const parameters = (template: string) => template.split('{').length

function fits(template: string, path: string): boolean {
  const wanted = template.split('/')
  const given = path.split('?')[0]!.split('/')
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
  )
}
