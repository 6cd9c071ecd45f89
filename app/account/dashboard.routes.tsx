import { DashboardPage } from '#views/account/dashboard-page.tsx'
import type { RenderPage } from '../http/page.tsx'
import { daysLeft } from '../identity/policy.ts'
import { owesConfirmation } from '../identity/standing.ts'
import { codesLeft } from '../lib/codes.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ActivityDeps, appsNow, dashboardView } from './activity.ts'
import { partsToLookAt } from './check-up.ts'

export const dashboardRoutes = (
  deps: ActivityDeps & GuardDeps & Pick<MailDeps, 'mailDelivery'> & { page: RenderPage; baseUrl: string },
) =>
  signedInPages(deps, { deed: 'anything', view: dashboardView }, (pages) =>
    pages.get('/', (c) => {
      const { visitor } = c.var
      const unconfirmed = owesConfirmation(deps, visitor)
      const { secondFactorSince, recoveryCodesLeft } = visitor.account
      const { apps, more } = appsNow(visitor, deps.now())
      return deps.page(
        c,
        <DashboardPage
          visitor={visitor}
          flash={takeFlash(c, deps.cookies, visitor)}
          unconfirmed={unconfirmed}
          toLookAt={partsToLookAt(visitor, { now: deps.now(), unconfirmed }).length}
          daysLeft={daysLeft(deps, visitor)}
          recoveryCodes={secondFactorSince && codesLeft(recoveryCodesLeft)}
          apps={apps.map(({ title, host }) => ({ title, href: `${new URL(deps.baseUrl).protocol}//${host}/` }))}
          moreApps={more}
          session={visitor.session}
          signIns={visitor.signIns.map(({ at, method, browser, system, address }) => ({
            at,
            method: method ?? 'password',
            browser,
            system,
            address,
            current: at.getTime() === visitor.session.startedAt.getTime(),
          }))}
        />,
      )
    }),
  )
