import { Hono } from 'hono'
import { NotMePage, SecuredPage } from '#views/mail/not-me-page.tsx'
import { MailLinkGonePage } from '#views/mail-link-gone-page.tsx'
import type { AnyContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import { mailLinkCookie } from '../http/mail-link-cookie.ts'
import { takeNotice } from '../http/notices.ts'
import type { RenderPage } from '../http/page.tsx'
import type { Cookies } from '../http/session.ts'
import { isMailed } from '../identity/security-events.ts'
import { readableEmail } from '../lib/email-address.ts'
import { type NotMeDeps, type Reported, reportedBehind, secureAccount } from './not-me.ts'
import { happenedInWords } from './notices.ts'
import { mostOf, type Undoing } from './undoing.ts'

const HERE = '/mail/not-me'

type NotMeRoutesDeps = NotMeDeps & {
  page: RenderPage
  cookies: Cookies
  mailDelivery: { configured: boolean; folder: string | undefined }
}

/** The page behind the link of a notice. Looking at it changes nothing; its button works once. */
export function notMeRoutes(deps: NotMeRoutesDeps) {
  const link = mailLinkCookie(deps, 'not_me')
  const gone = (c: AnyContext) =>
    deps.page(c, <MailLinkGonePage link={{ href: '/sign-in', text: 'Go to sign-in' }} />, 404)

  return new Hono<AppEnv>()
    .use('/', link.exchange)
    .get('/', async (c) => {
      const token = link.read(c)
      const reported = token && (await reportedBehind(deps, token))
      return reported ? deps.page(c, <NotMePage {...inWords(reported)} />) : gone(c)
    })
    .post('/', async (c) => {
      await readNothing(c)
      const token = link.read(c)
      const secured = token ? await secureAccount(deps, token, c.var.origin) : undefined
      if (!secured?.ok) return gone(c)
      link.remove(c)
      if (secured.undone) deps.cookies.notice.leave(c, `undone_${secured.undone}`)
      return c.redirect(`${HERE}/done`, 303)
    })
    .get('/done', (c) =>
      deps.page(c, <SecuredPage notice={takeNotice(c, deps.cookies)} delivery={deps.mailDelivery} />),
    )
}

const inWords = ({ kind, mailbox, event, undoing }: Reported) => ({
  email: readableEmail(mailbox),
  event,
  happened: isMailed(kind) ? happenedInWords(kind) : 'The e-mail address of your account was changed',
  undoing: undoingInWords(undoing, mailbox),
  advice: mostOf(undoing) ? undefined : ADVICE[kind],
})

function undoingInWords(undoing: Undoing, mailbox: string): string[] {
  const { since, restoresEmail, factorIds, turnsOff, spendsCodes, tokenIds } = undoing
  return [
    ...(restoresEmail ? [`Put the address ${readableEmail(mailbox)} back`] : []),
    ...(turnsOff ? ['Turn two-factor authentication off again'] : []),
    ...(factorIds.length > 0 && !turnsOff
      ? [since ? 'Remove the authenticators added since' : 'Remove that authenticator']
      : []),
    ...(spendsCodes ? ['Spend the recovery codes made since'] : []),
    ...(tokenIds.length > 0 ? [since ? 'Remove the access tokens made since' : 'Remove that access token'] : []),
  ]
}

const NEW_CODES = 'When you have signed in, generate new recovery codes: somebody may have these.'
const NOT_THE_ONLY_CHANGE =
  'It can not be taken back from here, because the authenticators were changed in other ways as well. Sign in with a recovery code, and look at them under Settings.'

/** What the button can't do. */
const ADVICE: Record<string, string> = {
  email_changed: 'The address is in place already, or belongs to another account now.',
  password_changed: 'The old password does not come back: you choose a new one.',
  password_reset: 'The old password does not come back: you choose a new one.',
  second_factor_on: NOT_THE_ONLY_CHANGE,
  authenticator_added: NOT_THE_ONLY_CHANGE,
  second_factor_off:
    'Two-factor authentication stays off, because its secret is gone. Set it up anew when you have signed in.',
  second_factor_replaced:
    'The authenticator before does not come back. Sign in with a recovery code, and replace the authenticator again.',
  authenticator_removed:
    'The authenticator does not come back. Sign in with another one or a recovery code, and add it again.',
  recovery_code_used: NEW_CODES,
  recovery_codes_viewed: NEW_CODES,
  recovery_codes_regenerated: `The old recovery codes do not come back. ${NEW_CODES}`,
  token_generated: 'The access token is gone already.',
  token_regenerated: 'The access token is gone already.',
}
