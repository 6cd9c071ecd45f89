import { Hono } from 'hono'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { NotMePage, SecuredPage } from '#views/mail/not-me-page.tsx'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { readableEmail } from '../lib/email-address.ts'
import { takeFlash } from '../pages/flash.ts'
import { mailLinkCookie } from './link-cookie.http.ts'
import { type NotMeDeps, type Reported, reportedBehind, secureAccount } from './not-me.ts'
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
  const gone = (c: AppContext) =>
    deps.page(c, <MailLinkGonePage link={{ href: '/sign-in', text: words.mailPages.gone.goToSignIn }} />, 404)

  return new Hono<AppEnv>()
    .use('/', link.exchange)
    .get('/', async (c) => {
      const token = link.read(c)
      const reported = token && (await reportedBehind(deps, token))
      return reported ? deps.page(c, <NotMePage {...shown(reported)} />) : gone(c)
    })
    .post('/', async (c) => {
      await readNothing(c)
      const token = link.read(c)
      const secured = token ? await secureAccount(deps, token, c.var.origin) : undefined
      if (!secured?.ok) return gone(c)
      link.remove(c)
      if (secured.undone) deps.cookies.flash.leave(c, `undone_${secured.undone}`)
      return c.redirect(`${HERE}/done`, 303)
    })
    .get('/done', (c) => deps.page(c, <SecuredPage flash={takeFlash(c, deps.cookies)} delivery={deps.mailDelivery} />))
}

const shown = ({ kind, mailbox, event, undoing }: Reported) => ({
  email: readableEmail(mailbox),
  kind,
  event,
  undoing: partsOf(undoing),
  isUndone: mostOf(undoing) !== undefined,
})

/** What the button takes back, each by the name that the page has words for. */
function partsOf({ since, restoresEmail, factorIds, turnsOff, spendsCodes, tokenIds, keepsAccount }: Undoing) {
  const removesSome = factorIds.length > 0 && !turnsOff
  return [
    ...(keepsAccount ? (['deletion'] as const) : []),
    ...(restoresEmail ? (['email'] as const) : []),
    ...(turnsOff ? (['second_factor'] as const) : []),
    ...(removesSome ? ([since ? 'authenticators' : 'authenticator'] as const) : []),
    ...(spendsCodes ? (['recovery_codes'] as const) : []),
    ...(tokenIds.length > 0 ? ([since ? 'tokens' : 'token'] as const) : []),
  ]
}
