import { Hono } from 'hono'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { LinkPage } from '#views/mail/link-page.tsx'
import { Address } from '#views/ui/address.tsx'
import { When } from '#views/ui/when.tsx'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { deletionBehind, type KeepAccountDeps, keepAccount } from './keep-account.ts'

const HERE = '/mail/keep-account'

/** What the link in the mail about a planned deletion leads to, signed in or not. */
export function keepAccountRoutes(deps: KeepAccountDeps & { cookies: Cookies; page: RenderPage }) {
  const cookie = mailLinkCookie(deps, 'keep_account')

  function gone(c: AppContext) {
    cookie.remove(c)
    return deps.page(c, <MailLinkGonePage link={{ href: '/sign-in', text: words.mailPages.gone.goToSignIn }} />, 410)
  }

  return new Hono<AppEnv>()
    .use('/', cookie.exchange)
    .get('/', async (c) => {
      const token = cookie.read(c)
      const planned = token && (await deletionBehind(deps, token))
      if (!planned) return gone(c)
      const { title, lead, submit } = words.mailPages.keepAccount
      return deps.page(
        c,
        <LinkPage title={title} action={HERE} button={submit} form={{}}>
          <p class="lead">
            {lead(
              <strong class="long">
                <Address of={planned.email} />
              </strong>,
              <When at={planned.deleteAt} />,
            )}
          </p>
        </LinkPage>,
      )
    })
    .post('/', async (c) => {
      await readNothing(c)
      const token = cookie.read(c)
      if (!token || !(await keepAccount(deps, token, c.var.origin))) return gone(c)
      cookie.remove(c)
      deps.cookies.flash.leave(c, 'account_kept')
      return c.redirect('/sign-in', 303)
    })
}
