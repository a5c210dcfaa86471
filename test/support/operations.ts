export interface Operation {
  method: string
  /** As documented, with `{names}`. */
  template: string
  query: string[]
  /** An example of the body, if it takes JSON. */
  example: unknown
  takesJson: boolean
  takesForm: boolean
  needsToken: boolean
}

interface Documented {
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema?: Schema; example?: unknown }> }
  security?: object[]
}

interface Schema {
  $ref?: string
  example?: unknown
  properties?: Record<string, Schema>
  type?: string
}

interface Document {
  paths: Record<string, Record<string, Documented>>
  components?: { schemas?: Record<string, Schema> }
  security?: object[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Every operation that the appliance documents about itself. */
export async function readOperations(url: string): Promise<Operation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, documented]) => asOperation(document, template, method, documented)),
  )
}

function asOperation(
  document: Document,
  template: string,
  method: string,
  documented: Documented,
): Operation {
  const { parameters = [], requestBody, security = document.security } = documented
  const json = requestBody?.content['application/json']
  return {
    method: method.toUpperCase(),
    template,
    query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
    example: json?.example ?? exampleOf(document, json?.schema),
    takesJson: json !== undefined,
    takesForm: requestBody?.content['multipart/form-data'] !== undefined,
    needsToken: security !== undefined && security.length > 0,
  }
}

function exampleOf(document: Document, schema: Schema | undefined): unknown {
  const found = schema?.$ref ? document.components?.schemas?.[schema.$ref.split('/').at(-1)!] : schema
  if (found?.example !== undefined) return found.example
  const properties = Object.entries(found?.properties ?? {})
  return Object.fromEntries(properties.map(([name, { example, type }]) => [name, example ?? type ?? null]))
}
