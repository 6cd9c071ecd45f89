import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { DocsPage, type DocumentedOperation } from '#views/api/docs-page.tsx'
import type { AppEnv } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import { RESULTS } from './jelastic/results.ts'
import type { Document } from './v1/document.ts'
import { exampleOf } from './v1/example.ts'
import { PROBLEMS } from './v1/problems.ts'

/** The document of `/api/v1` as JSON and as a page, both made once at the start. */
export function docsRoutes({ page, document, baseUrl }: { page: RenderPage; document: Document; baseUrl: string }) {
  const json = JSON.stringify(document)
  const operations = operationsOf(document, baseUrl)
  const problems = Object.entries(PROBLEMS).map(([name, { status, title }]) => ({ name, status, title }))
  const results = Object.values(RESULTS).map(({ number, meaning }) => ({ result: number, meaning }))

  return new Hono<AppEnv>()
    .use('/openapi.json', compress())
    .use('/docs', compress()) // the same for everybody: there is no secret whose length could tell
    .get('/openapi.json', (c) => {
      c.header('Content-Type', 'application/json')
      return c.body(json)
    })
    .get('/docs', (c) =>
      page(c, <DocsPage baseUrl={baseUrl} operations={operations} problems={problems} results={results} />),
    )
}

function operationsOf(document: Document, baseUrl: string): DocumentedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method]
      if (!operation) return []
      const body = exampleOf(document, operation)
      return [
        {
          method: method.toUpperCase(),
          path: `/api/v1${path}`,
          summary: operation.summary ?? '',
          access: String((operation as { 'x-scope'?: string })['x-scope'] ?? 'anybody'),
          answers: Object.entries(operation.responses ?? {}).map(([status, { description }]) => ({
            status,
            description: description ?? '',
          })),
          curl: curlOf({
            method: method.toUpperCase(),
            url: `${baseUrl}/api/v1${path}`,
            secured: operation.security !== undefined,
            body,
          }),
        },
      ]
    }),
  )
}

/** A line that works when it is pasted, once `$SESSION` (or `$TOKEN`) holds one. */
function curlOf({ method, url, secured, body }: { method: string; url: string; secured: boolean; body: unknown }) {
  const parts = ['curl -sS', method === 'GET' ? '' : `-X ${method}`]
  if (secured) parts.push('-H "Authorization: Bearer $SESSION"')
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`)
  parts.push(url.includes('{') ? `"${url.replace('{id}', '$ID')}"` : url)
  return parts.filter(Boolean).join(' ')
}
