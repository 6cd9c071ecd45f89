import { DashboardPage } from '#views/account/dashboard-page.tsx'
import type { RenderPage } from '../http/page.tsx'
import { owesConfirmation } from '../identity/standing.ts'
import { RECOVERY_CODES } from '../lib/codes.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ActivityDeps, dashboardViewer } from './activity.ts'

export const dashboardRoutes = (
  deps: ActivityDeps & GuardDeps & Pick<MailDeps, 'mailDelivery'> & { page: RenderPage },
) =>
  signedInPages(deps, { deed: 'anything', view: dashboardViewer }, (pages) =>
    pages.get('/', (c) => {
      const { session } = c.var
      const { secondFactorSince, recoveryCodesLeft } = session
      return deps.page(
        c,
        <DashboardPage
          viewer={session}
          flash={takeFlash(c, deps.cookies, session)}
          unconfirmed={owesConfirmation(deps, session)}
          recoveryCodes={secondFactorSince && { left: recoveryCodesLeft, of: RECOVERY_CODES }}
          session={session}
          signIns={session.signIns.map(({ at, method, browser, system, address }) => ({
            at,
            method: method ?? 'password',
            browser,
            system,
            address,
            current: at.getTime() === session.startedAt.getTime(),
          }))}
        />,
      )
    }),
  )
