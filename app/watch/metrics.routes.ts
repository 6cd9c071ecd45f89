import { createHash } from 'node:crypto'
import { constantTimeEqual } from '@oslojs/crypto/subtle'
import { Hono } from 'hono'
import { bearerValue } from '../http/bearer.ts'
import type { AppEnv } from '../http/env.ts'
import { headerOf } from '../http/header.ts'
import type { Metrics } from './metrics.ts'

/** `GET /metrics`, for requests with the token. If none is set, there is no such page. It reads no cookie. */
export function metricsRoutes({ metricsToken, metrics }: { metricsToken?: string | undefined; metrics: Metrics }) {
  const routes = new Hono<AppEnv>()
  if (metricsToken === undefined) return routes
  const right = hash(metricsToken)
  return routes.get('/', async (c) => {
    const given = bearerValue(headerOf(c, 'authorization'))
    if (!given || !constantTimeEqual(hash(given), right)) {
      c.header('WWW-Authenticate', 'Bearer realm="Latchkey metrics"')
      return c.text('Send Authorization: Bearer with the token of METRICS_TOKEN.', 401)
    }
    const { type, body } = await metrics.text()
    return c.body(body, 200, { 'Content-Type': type })
  })
}

/** Always the same length, whatever the token's. */
const hash = (token: string) => createHash('sha256').update(token).digest()
