import { CheckUpPage } from '#views/account/check-up-page.tsx'
import type { RenderPage } from '../http/page.tsx'
import { owesConfirmation } from '../identity/standing.ts'
import { codesLeft } from '../lib/codes.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { atAGlance, type CheckUpDeps, checkUpView, codesSeenLongAgo, partsToLookAt, sorted } from './check-up.ts'

/** Looks at everything, and changes nothing. */
export const checkUpRoutes = (deps: CheckUpDeps & GuardDeps & Pick<MailDeps, 'mailDelivery'> & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'anything', view: checkUpView }, (pages) =>
    pages.get('/', (c) => {
      const { visitor } = c.var
      const now = deps.now()
      const unconfirmed = owesConfirmation(deps, visitor)
      const { account, codesSeenAt, oldSessions, unseenBrowsers } = visitor
      const recoveryCodes = account.secondFactorSince && {
        ...codesLeft(account.recoveryCodesLeft),
        seenAt: codesSeenAt,
        isLongAgo: codesSeenLongAgo(visitor, now),
      }
      return deps.page(
        c,
        <CheckUpPage
          visitor={visitor}
          toLookAt={partsToLookAt({ account, ...atAGlance(visitor) }, { now, unconfirmed })}
          recoveryCodes={recoveryCodes}
          browsers={{ sessions: oldSessions, unseen: unseenBrowsers }}
          tokens={sorted(visitor, now)}
          sendsMail={deps.mailDelivery.configured}
        />,
      )
    }),
  )
