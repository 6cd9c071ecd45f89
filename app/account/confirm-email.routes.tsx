import { Hono } from 'hono'
import { EmailPage } from '#views/account/email-page.tsx'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { LinkPage } from '#views/mail/link-page.tsx'
import { Address } from '#views/ui/address.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { currentVisitor, visitorAlone } from '../identity/session.ts'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import { type ConfirmEmailDeps, confirmationBehind, confirmEmail, sendConfirmation } from './confirm-email.ts'

type Deps = ConfirmEmailDeps & GuardDeps & { page: RenderPage }

/** Settings → Email Address: whether it is confirmed, and the link once more. */
export function emailRoutes(deps: Deps) {
  const show = (c: SignedInContext, form: FormState<never>, status: 200 | 422 | 429 = 200) =>
    deps.page(
      c,
      <EmailPage
        visitor={c.var.visitor}
        confirmedAt={c.var.visitor.account.emailConfirmedAt}
        delivery={deps.mailDelivery}
        form={form}
        flash={takeFlash(c, deps.cookies, c.var.visitor)}
      />,
      status,
    )

  return signedInPages(deps, { deed: 'confirm_email', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => show(c, {}))
      .post('/send-link', async (c) => {
        await readNothing(c)
        const result = await sendConfirmation(deps, c.var.visitor, c.var.origin)
        if (!result.ok && result.reason === 'wait')
          return show(c, refusedForm('', tooManyAttempts(result.seconds)), refusedStatus(c, result))
        deps.cookies.flash.leave(c, result.ok ? 'link_sent' : 'changed_meanwhile')
        return c.redirect('/settings/email', 303)
      }),
  )
}

const HERE = '/mail/confirm-email'

/** What the link leads to, signed in or not. */
export function confirmEmailRoutes(deps: Deps) {
  const cookie = mailLinkCookie(deps, 'confirm_email')

  async function show(c: AppContext, token: string | undefined, form: FormState<never>, status: 200 | 409 = 200) {
    const found = token && (await confirmationBehind(deps, token))
    if (!found) return gone(c)
    return deps.page(
      c,
      <LinkPage
        title={words.mailPages.confirmEmail.title}
        action={HERE}
        button={words.mailPages.confirmEmail.submit}
        form={form}
      >
        <p class="lead">
          {words.mailPages.confirmEmail.yours(
            <strong class="long">
              <Address of={found.email} />
            </strong>,
          )}
        </p>
      </LinkPage>,
      status,
    )
  }

  function gone(c: AppContext) {
    cookie.remove(c)
    return deps.page(c, <MailLinkGonePage link={{ href: '/settings/email', text: words.settings.email.title }} />, 410)
  }

  return new Hono<AppEnv>()
    .use('/', cookie.exchange)
    .get('/', (c) => show(c, cookie.read(c), {}))
    .post('/', async (c) => {
      await readNothing(c)
      const token = cookie.read(c)
      if (!token) return gone(c)
      const sessionToken = deps.cookies.session.read(c)
      const visitor = sessionToken ? await currentVisitor(deps, sessionToken) : undefined
      const result = await confirmEmail(deps, token, visitor?.account.id, c.var.origin)
      if (!result.ok)
        return result.reason === 'gone' ? gone(c) : show(c, token, refusedForm('', words.messages.otherAccount), 409)
      cookie.remove(c)
      deps.cookies.flash.leave(c, 'email_confirmed')
      return c.redirect(visitor ? '/settings/email' : '/sign-in', 303)
    })
}
