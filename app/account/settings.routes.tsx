import { Hono } from 'hono'
import { AccountPage } from '#views/settings/account-page.tsx'
import { ActivityPage } from '#views/settings/activity-page.tsx'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { type GuardDeps, may, signedIn, signedInWith } from '../http/guards.ts'
import { takeNotice } from '../http/notices.ts'
import type { RenderPage } from '../http/page.tsx'
import { isFailed } from '../identity/security-events.ts'
import { RECOVERY_CODES } from '../lib/codes.ts'
import { type ActivityDeps, activityViewer } from './activity.ts'

const activityOfQuery = (deps: ActivityDeps & GuardDeps, token: string, c: AnyContext) =>
  activityViewer(deps, token, c.req.query('before'))

/** The pages under Settings that change nothing. */
export function settingsRoutes(deps: ActivityDeps & GuardDeps & { page: RenderPage }) {
  const guards = [signedIn(deps), may(deps, 'anything')] as const

  return new Hono<SignedInEnv>()
    .get('/', (c) => c.redirect('/settings/account', 303))
    .get('/account', ...guards, (c) => {
      const { session } = c.var
      const { secondFactorSince, recoveryCodesLeft, passwordChangedAt } = session
      return deps.page(
        c,
        <AccountPage
          viewer={session}
          notice={takeNotice(c, deps.cookies, session)}
          secondFactorSince={secondFactorSince}
          recoveryCodes={secondFactorSince && { left: recoveryCodesLeft, of: RECOVERY_CODES }}
          passwordChangedAt={passwordChangedAt}
        />,
      )
    })
    .get('/activity', signedInWith(deps, activityOfQuery), may(deps, 'anything'), (c) => {
      const { events, older } = c.var.session.activity
      const olderHref = older && `/settings/activity?before=${older}`
      const listed = events.map(({ method, ...event }) => ({
        ...event,
        method: method ?? undefined,
        failed: isFailed(event.kind),
      }))
      return deps.page(c, <ActivityPage viewer={c.var.session} events={listed} olderHref={olderHref} />)
    })
}
