import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../http/env.ts'
import { notOtherSites } from '../../http/same-origin.ts'
import { jsonBody } from '../json-body.ts'
import { accountRoutes } from './account.routes.ts'
import { invitationRoutes } from './invitations.routes.ts'
import { apiRouter } from './operation.ts'
import { Problem } from './problems.ts'
import { type SessionRoutesDeps, sessionRoutes } from './sessions.routes.ts'
import { signInAloneRoutes } from './sign-in-alone.routes.ts'
import { tokenRoutes } from './tokens.routes.ts'
import { type TwoFactorRoutesDeps, twoFactorRoutes } from './two-factor.routes.ts'

export type V1Deps = SessionRoutesDeps &
  TwoFactorRoutesDeps &
  Parameters<typeof signInAloneRoutes>[0] &
  Parameters<typeof accountRoutes>[0] &
  Parameters<typeof invitationRoutes>[0] & { baseUrl: string }

/** The API for new clients, under `/api/v1`. It reads no cookie. */
export function v1Routes(deps: V1Deps): OpenAPIHono<AppEnv> {
  const api = apiRouter()
  api.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', notOtherSites(deps.baseUrl, deps.watch.otherSite), jsonBody)
  api.route('/', sessionRoutes(deps))
  api.route('/', signInAloneRoutes(deps))
  api.route('/', accountRoutes(deps))
  api.route('/', tokenRoutes(deps))
  api.route('/', twoFactorRoutes(deps))
  api.route('/', invitationRoutes(deps))
  api.all('*', () => {
    throw new Problem('not_found', 'There is no such operation. All of them are at /api/docs.')
  })
  return api
}
