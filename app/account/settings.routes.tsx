import { Hono, type HonoRequest } from 'hono'
import { AccountPage } from '#views/account/account-page.tsx'
import { ActivityPage } from '#views/account/activity-page.tsx'
import type { AppEnv } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import { needsSecondFactor } from '../identity/policy.ts'
import { isFailed } from '../identity/security-events.ts'
import { visitorAlone } from '../identity/session.ts'
import { codesLeft } from '../lib/codes.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ActivityDeps, activitySeenBy, activityView } from './activity.ts'

const activityOfQuery = (deps: ActivityDeps, request: HonoRequest) => activityView(deps, request.query('before'))

type Deps = ActivityDeps & GuardDeps & { page: RenderPage; usernamesStay: boolean }

/** The pages under Settings that change nothing. */
export const settingsRoutes = (deps: Deps) =>
  new Hono<AppEnv>()
    .get('/', (c) => c.redirect('/settings/account', 303))
    .route('/account', accountPage(deps))
    .route('/activity', activityPage(deps))

const accountPage = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages.get('/', (c) => {
      const { visitor } = c.var
      const { secondFactorSince, recoveryCodesLeft } = visitor.account
      return deps.page(
        c,
        <AccountPage
          visitor={visitor}
          usernamesStay={deps.usernamesStay}
          flash={takeFlash(c, deps.cookies, visitor)}
          recoveryCodes={secondFactorSince && codesLeft(recoveryCodesLeft)}
          needsSecondFactor={needsSecondFactor(deps, visitor.account)}
        />,
      )
    }),
  )

const activityPage = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: activityOfQuery }, (pages) =>
    pages.get('/', (c) => {
      const { visitor } = c.var
      const { events, older } = activitySeenBy(visitor)
      const olderHref = older && `/settings/activity?before=${older}`
      const listed = events.map(({ method, ...event }) => ({
        ...event,
        method: method ?? undefined,
        failed: isFailed(event.kind),
      }))
      return deps.page(c, <ActivityPage visitor={visitor} events={listed} olderHref={olderHref} />)
    }),
  )
