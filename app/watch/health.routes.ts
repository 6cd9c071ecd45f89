import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { type HealthDeps, isHealthy, type Unready, whyNotReady } from './health.ts'

const NO_DATABASE = 'the database does not answer'
const REASONS: Record<Unready, string> = {
  stopping: 'this process is stopping',
  no_database: NO_DATABASE,
  old_database: 'the database lacks migrations of this version',
}

/** `GET /healthz` and `GET /readyz`, for probes: 200 or 503, and a few words. */
export const healthRoutes = (deps: HealthDeps) =>
  new Hono<AppEnv>()
    .get('/healthz', async (c) => ((await isHealthy(deps)) ? c.text('ok') : c.text(NO_DATABASE, 503)))
    .get('/readyz', async (c) => {
      const why = await whyNotReady(deps)
      return why ? c.text(REASONS[why], 503) : c.text('ready')
    })
