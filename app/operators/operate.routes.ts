import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { visitorAlone } from '../identity/session.ts'
import type { Network } from '../lib/network.ts'
import { signedInPages } from '../pages/guards.ts'
import { accountsRoutes } from './accounts.routes.tsx'
import { changeAccountRoutes } from './change-account.routes.tsx'
import { eventLogRoutes } from './event-log.routes.tsx'
import { groupsRoutes } from './groups.routes.tsx'
import { invitationsRoutes } from './invitations.routes.tsx'
import { OPERATE, type OperatorPagesDeps, reachedFrom } from './operator-pages.http.ts'
import { policyRoutes } from './policy.routes.tsx'

type Deps = Parameters<typeof accountsRoutes>[0] &
  Parameters<typeof changeAccountRoutes>[0] &
  Parameters<typeof groupsRoutes>[0] &
  Parameters<typeof invitationsRoutes>[0] &
  Parameters<typeof policyRoutes>[0] &
  Parameters<typeof eventLogRoutes>[0] & { operatorPages: readonly Network[] }

/** Only for those who find something there. */
const beginning = (deps: OperatorPagesDeps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) =>
    pages.get('/', (c) => c.redirect('/operate/accounts', 303)),
  )

/** All that is under `/operate`. */
export const operateRoutes = (deps: Deps) =>
  new Hono<AppEnv>()
    .use('*', reachedFrom(deps.operatorPages))
    .route('/', beginning(deps))
    .route('/accounts', accountsRoutes(deps))
    .route('/accounts', changeAccountRoutes(deps))
    .route('/groups', groupsRoutes(deps))
    .route('/invitations', invitationsRoutes(deps))
    .route('/policy', policyRoutes(deps))
    .route('/log', eventLogRoutes(deps))
