import redocScript from '../../node_modules/redoc/bundles/redoc.standalone.js' with { type: 'file' }
import swaggerStyle from '../../node_modules/swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import swaggerScript from '../../node_modules/swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { notFound } from '../lib/refusal.ts'
import type { Dialect } from './dialect.ts'
import type { Info } from './openapi.ts'
import { routes } from './routes.ts'

/** Lets a page reach this server and nothing else; both viewers write inline styles, none an inline script. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const EMPTY_IMAGE = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='

const SWAGGER_START = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#viewer', validatorUrl: null, deepLinking: true, tryItOutEnabled: true,
  displayRequestDuration: true, docExpansion: 'list', persistAuthorization: false,
})`
const REDOC_START = `Redoc.init('/openapi.json', { hideDownloadButton: false }, document.getElementById('viewer'))`

/** The scripts contain letters beyond ASCII and do not start when read in another encoding. */
const SCRIPT = 'text/javascript; charset=utf-8'

const ASSETS: Record<string, { type: string; load: () => string | Blob | Promise<string> }> = {
  'swagger-ui.js': { type: SCRIPT, load: () => Bun.file(swaggerScript) },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', load: () => Bun.file(swaggerStyle) },
  'swagger-start.js': { type: SCRIPT, load: () => SWAGGER_START },
  'redoc.js': { type: SCRIPT, load: () => redocWithoutLogo() },
  'redoc-start.js': { type: SCRIPT, load: () => REDOC_START },
}

/** `/openapi.json` and its two viewers, all from inside the executable. The document is made when first asked for. */
export function docsRoutes(info: Info, dialects: () => Dialect[]) {
  let document: Promise<string> | undefined
  const page = (html: string) => () => new Response(html, { headers: PAGE_HEADERS })
  const hidden = { hidden: true, answers: { 200: { description: 'A page' } } }

  return routes<undefined>('Documentation', '')
    .get('/openapi.json', { summary: 'This document', ...hidden }, async () => {
      document ??= write(info, dialects())
      return new Response(await document, { headers: { 'content-type': 'application/json; charset=utf-8' } })
    })
    .get('/docs', { summary: 'Swagger UI', ...hidden }, page(html(info, 'swagger-ui', true)))
    .get('/redoc', { summary: 'Redoc', ...hidden }, page(html(info, 'redoc', false)))
    .get('/docs/:asset', { summary: 'Scripts and styles', ...hidden }, ({ params }) =>
      serveAsset(params.asset),
    )
}

/** Loaded only when asked for: nobody who submits calls should wait for it at the start. */
async function write(info: Info, dialects: Dialect[]): Promise<string> {
  const { openapiDocument } = await import('./openapi.ts')
  return JSON.stringify(openapiDocument(info, dialects))
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-frame-options': 'DENY',
}

const html = ({ title }: Info, viewer: 'swagger-ui' | 'redoc', styled: boolean) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${Bun.escapeHTML(title)}</title>
<link rel="icon" href="${EMPTY_IMAGE}">
${styled ? `<link rel="stylesheet" href="/docs/${viewer}.css">` : ''}
</head>
<body style="margin: 0">
<div id="viewer"></div>
<script src="/docs/${viewer}.js"></script>
<script src="/docs/${viewer.replace('-ui', '')}-start.js"></script>
</body>
</html>
`

async function serveAsset(name: string): Promise<Response> {
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
  if (!asset) throw notFound('Path')
  const headers = { 'content-type': asset.type, 'cache-control': 'public, max-age=3600' }
  return new Response(await asset.load(), { headers })
}

let redoc: Promise<string> | undefined

function redocWithoutLogo(): Promise<string> {
  redoc ??= Bun.file(redocScript)
    .text()
    .then((script) => script.replaceAll(REDOC_LOGO, EMPTY_IMAGE))
  return redoc
}
