import { Hono } from 'hono'
import { DashboardPage } from '#views/dashboard-page.tsx'
import type { SignedInEnv } from '../http/env.ts'
import { type GuardDeps, may, signedInWith } from '../http/guards.ts'
import { takeNotice } from '../http/notices.ts'
import type { RenderPage } from '../http/page.tsx'
import { owesConfirmation } from '../identity/standing.ts'
import { RECOVERY_CODES } from '../lib/codes.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import { type ActivityDeps, dashboardViewer } from './activity.ts'

export const dashboardRoutes = (
  deps: ActivityDeps & GuardDeps & Pick<MailDeps, 'mailDelivery'> & { page: RenderPage },
) =>
  new Hono<SignedInEnv>().get('/', signedInWith(deps, dashboardViewer), may(deps, 'anything'), (c) => {
    const { session } = c.var
    const { secondFactorSince, recoveryCodesLeft, passwordChangedAt } = session
    return deps.page(
      c,
      <DashboardPage
        viewer={session}
        notice={takeNotice(c, deps.cookies, session)}
        unconfirmed={owesConfirmation(deps, session)}
        secondFactorSince={secondFactorSince}
        recoveryCodes={secondFactorSince && { left: recoveryCodesLeft, of: RECOVERY_CODES }}
        session={session}
        passwordChangedAt={passwordChangedAt}
        signIns={session.signIns.map(({ at, method, browser, address }) => ({
          at,
          method: method ?? 'password',
          browser,
          address,
          current: at.getTime() === session.startedAt.getTime(),
        }))}
      />,
    )
  })
