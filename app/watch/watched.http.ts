import { Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AnyContext, AppEnv } from '../http/env.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Times every request if somebody looks at the times. Otherwise it does nothing. */
export function watched({ log, metrics, isMeasured }: { log: Log; metrics: Metrics; isMeasured: boolean }) {
  const app = new Hono<AppEnv>()
  if (!isMeasured && !log.tellsRequests) return app
  return app.use(async (c, next) => {
    const started = performance.now()
    await next()
    const ms = performance.now() - started
    const route = patternOf(c)
    const method = METHODS.includes(c.req.method) ? c.req.method : 'other'
    const { outgoing } = c.env ?? {}
    const status = outgoing?.headersSent ? outgoing.statusCode : c.res.status // a library may have answered by itself
    metrics.request({ route, method, status: `${Math.floor(status / 100)}xx` }, ms / 1000)
    log.request({ method, route, status, ms: Math.round(ms * 10) / 10 })
  })
}

/** As the routes write it, `/settings/tokens/:id`. All unknown paths count as one. */
const patternOf = (c: AnyContext): string =>
  c.get('route') ?? matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'unknown'
