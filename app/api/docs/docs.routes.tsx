import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { DocsPage, type DocumentedGroup } from '#views/api/docs-page.tsx'
import type { AppEnv } from '../../http/env.ts'
import type { RenderPage } from '../../http/page.tsx'
import { RESULTS } from '../jelastic/results.ts'
import type { Document } from '../v1/document.ts'
import { answerExample, exampleOf } from '../v1/example.ts'
import { orderOf } from '../v1/groups.ts'
import { PROBLEMS } from '../v1/problems.ts'

/** The document of `/api/v1` as JSON and as a page, both made once, when somebody first asks. */
export function docsRoutes({ page, document, baseUrl }: { page: RenderPage; document(): Document; baseUrl: string }) {
  const made = madeOnce(document)
  const json = madeOnce(() => JSON.stringify(made()))
  const groups = madeOnce(() => groupsOf(made(), baseUrl))
  const problems = Object.entries(PROBLEMS).map(([name, { status, title }]) => ({ name, status, title }))
  const results = Object.values(RESULTS).map(({ number, meaning }) => ({ result: number, meaning }))

  return new Hono<AppEnv>()
    .use('/openapi.json', compress())
    .use('/docs', compress()) // the same for everybody, so no secret's length can leak
    .get('/openapi.json', (c) => {
      c.header('Content-Type', 'application/json')
      return c.body(json())
    })
    .get('/docs', (c) =>
      page(c, <DocsPage baseUrl={baseUrl} groups={groups()} problems={problems} results={results} />),
    )
}

/** Made at the first call. */
function madeOnce<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** In the document's order: groups by its tags, and calls as it names them. */
function groupsOf(document: Document, baseUrl: string): DocumentedGroup[] {
  const operations = operationsOf(document, baseUrl)
  return (document.tags ?? []).map(({ name, description = '' }) => ({
    name,
    description,
    operations: operations.filter(({ group }) => group === name).sort((a, b) => a.order - b.order),
  }))
}

function operationsOf(document: Document, baseUrl: string) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method]
      if (!operation) return []
      const url = `${baseUrl}/api/v1${path}`
      const secured = (operation.security ?? []).length > 0
      const curl = curlOf({ method: method.toUpperCase(), url, secured, body: exampleOf(document, operation) })
      const answer = answerExample(document, operation)
      return [
        {
          group: operation.tags?.[0],
          order: orderOf(operation.operationId ?? ''),
          method: method.toUpperCase(),
          path: `/api/v1${path}`,
          summary: operation.summary ?? '',
          access: String((operation as { 'x-scope'?: string })['x-scope'] ?? 'anybody'),
          answers: Object.entries(operation.responses ?? {}).map(([status, { description }]) => ({
            status,
            description: description ?? '',
          })),
          curl,
          example: answer && JSON.stringify(answer.body),
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
