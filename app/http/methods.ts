import type { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './env.ts'
import { Refusal } from './refusals.ts'

/** Answers a method that a path doesn't take with 405 and `Allow` (RFC 9110 section 15.5.6), before any guard runs. */
export function onlyAllowedMethods(app: Hono<AppEnv>) {
  let allowed: ReturnType<typeof allowedMethods> | undefined // read at the first request, when all routes exist

  return createMiddleware<AppEnv>((c, next) => {
    allowed ??= allowedMethods(app)
    const methods = allowed(c.req.path)
    if (methods.length > 0 && !methods.includes(c.req.method)) {
      c.header('Allow', methods.join(', '))
      throw new Refusal(405, 'method_not_allowed')
    }
    return next()
  })
}

/** Which methods the routes of `app` take at a path; none if there is no such path. */
export function allowedMethods(app: Hono<AppEnv>): (path: string) => string[] {
  const exact = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue // middleware
    const methods = exact.get(path) ?? new Set()
    exact.set(path, methods.add(method))
    if (method === 'GET') methods.add('HEAD')
  }
  const sorted = new Map([...exact].map(([path, methods]) => [path, [...methods].sort()]))
  const patterns = [...sorted]
    .filter(([path]) => path.includes('/:'))
    .map(([path, methods]) => ({
      pattern: new RegExp(
        `^${path
          .split(/\/:[^/]+/)
          .map(escaped)
          .join('/[^/]+')}$`,
      ),
      methods,
    }))
  return (path) => sorted.get(path) ?? patterns.find(({ pattern }) => pattern.test(path))?.methods ?? []
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
