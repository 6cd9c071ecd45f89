import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import type { Network } from '../lib/network.ts'
import { eventLogRoutes } from './event-log.routes.tsx'
import { reachedFrom } from './operator-pages.http.ts'

type Deps = Parameters<typeof eventLogRoutes>[0] & { operatorPages: readonly Network[] }

/** All that is under `/operate`. */
export const operateRoutes = (deps: Deps) =>
  new Hono<AppEnv>().use('*', reachedFrom(deps.operatorPages)).route('/log', eventLogRoutes(deps))
