import { Hono, type HonoRequest } from 'hono'
import { AccountPage } from '#views/account/account-page.tsx'
import { ActivityPage } from '#views/account/activity-page.tsx'
import type { AppEnv } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import { isFailed } from '../identity/security-events.ts'
import { RECOVERY_CODES } from '../lib/codes.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, sessionAlone, signedInPages } from '../pages/guards.ts'
import { type ActivityDeps, activityViewer } from './activity.ts'

const activityOfQuery = (deps: ActivityDeps & GuardDeps, token: string, request: HonoRequest) =>
  activityViewer(deps, token, request.query('before'))

type Deps = ActivityDeps & GuardDeps & { page: RenderPage }

/** The pages under Settings that change nothing. */
export const settingsRoutes = (deps: Deps) =>
  new Hono<AppEnv>()
    .get('/', (c) => c.redirect('/settings/account', 303))
    .route('/account', accountPage(deps))
    .route('/activity', activityPage(deps))

const accountPage = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: sessionAlone }, (pages) =>
    pages.get('/', (c) => {
      const { session } = c.var
      const { secondFactorSince, recoveryCodesLeft } = session
      return deps.page(
        c,
        <AccountPage
          viewer={session}
          flash={takeFlash(c, deps.cookies, session)}
          recoveryCodes={secondFactorSince && { left: recoveryCodesLeft, of: RECOVERY_CODES }}
        />,
      )
    }),
  )

const activityPage = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: activityOfQuery }, (pages) =>
    pages.get('/', (c) => {
      const { events, older } = c.var.session.activity
      const olderHref = older && `/settings/activity?before=${older}`
      const listed = events.map(({ method, ...event }) => ({
        ...event,
        method: method ?? undefined,
        failed: isFailed(event.kind),
      }))
      return deps.page(c, <ActivityPage viewer={c.var.session} events={listed} olderHref={olderHref} />)
    }),
  )
