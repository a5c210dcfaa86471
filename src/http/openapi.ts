import { toOpenAPISchema } from '@elysiajs/openapi/openapi'
import { Elysia } from 'elysia'
import { z } from 'zod'
import type { Dialect } from './dialect.ts'
import { operation } from './openapi-operation.ts'
import type { Route } from './routes.ts'
import { schemaWriter } from './schemas.ts'

export interface Info {
  title: string
  version: string
  description?: string
}

type Json = Record<string, unknown>
type Paths = Record<string, Json>

const TOKENS = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API token, `Authorization: Bearer esk_…`' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'The same token in a header of its own',
  },
}

/** One OpenAPI document of all dialects, whose paths and schemas do not collide. */
export function openapiDocument(info: Info, dialects: Dialect[]): Json {
  const schemas: Json = {}
  const paths: Paths = {}
  for (const dialect of dialects)
    for (const [path, operations] of Object.entries(pathsOf(dialect, schemas)))
      paths[path] = { ...paths[path], ...operations }
  const securitySchemes = Object.assign({}, ...dialects.map(securityOf))
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/' }],
    tags: tagsOf(dialects),
    paths,
    components: { schemas, securitySchemes },
  }
}

/** The routes are told to an app that never runs, so that documented schemas cost nothing at run time. */
function pathsOf(dialect: Dialect, schemas: Json): Paths {
  const write = schemaWriter(dialect.document.name, schemas)
  const app = new Elysia()
  for (const { route, open } of dialect.routes) {
    if (route.about.hidden) continue
    const security = open ? [] : Object.keys(securityOf(dialect)).map((name) => ({ [name]: [] }))
    const detail = {
      tags: [tagName(dialect, route.tag)],
      security,
      ...operation(dialect, route, open, write),
    }
    app.route(route.method, dialect.prefix + route.path, () => '', { ...parametersOf(route), detail })
  }
  const vendors = { zod: (schema: z.ZodType) => write(schema, 'input') }
  return toOpenAPISchema(app, { staticFile: false }, undefined, vendors).paths as Paths
}

function parametersOf({ path, about }: Route<never>) {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  const params = z.object(
    Object.fromEntries(names.map((name) => [name, z.string().meta(described(about.params?.[name]))])),
  )
  const headers = z.object(
    Object.fromEntries(
      Object.entries(about.headers ?? {}).map(([name, text]) => [
        name,
        z.string().optional().meta(described(text)),
      ]),
    ),
  )
  return {
    params: names.length > 0 ? params : undefined,
    headers: about.headers && headers,
    query: about.query,
  }
}

const described = (description: string | undefined) => (description === undefined ? {} : { description })

const securityOf = ({ document }: Dialect): Record<string, object> => document.security ?? TOKENS

const tagName = ({ document }: Dialect, tag: string) => `${document.title}: ${tag}`

function tagsOf(dialects: Dialect[]) {
  return dialects.flatMap((dialect) => {
    const tags = new Set(
      dialect.routes.filter(({ route }) => !route.about.hidden).map(({ route }) => route.tag),
    )
    return [...tags].map((tag) => ({
      name: tagName(dialect, tag),
      ...described(dialect.document.description),
    }))
  })
}
