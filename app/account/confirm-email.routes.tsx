import { Hono } from 'hono'
import { LinkPage } from '#views/mail/link-page.tsx'
import { MailLinkGonePage } from '#views/mail-link-gone-page.tsx'
import { EmailPage } from '#views/settings/email-page.tsx'
import { Address } from '#views/ui/address.tsx'
import type { FormState } from '#views/ui/types.ts'
import type { AnyContext, AppEnv, SignedInEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import { type GuardDeps, may, signedIn } from '../http/guards.ts'
import { mailLinkCookie } from '../http/mail-link-cookie.ts'
import { OTHER_ACCOUNT, refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import { takeNotice } from '../http/notices.ts'
import type { RenderPage } from '../http/page.tsx'
import { currentSession } from '../sign-in/session.ts'
import { type ConfirmEmailDeps, confirmationBehind, confirmEmail, sendConfirmation } from './confirm-email.ts'

type Deps = ConfirmEmailDeps & GuardDeps & { page: RenderPage }

/** Settings → E-mail Address: whether it is confirmed, and the link once more. */
export function emailRoutes(deps: Deps) {
  const show = (c: AnyContext, form: FormState<never>, status: 200 | 422 | 429 = 200) =>
    deps.page(
      c,
      <EmailPage
        viewer={c.var.session}
        confirmedAt={c.var.session.emailConfirmedAt}
        delivery={deps.mailDelivery}
        form={form}
        notice={takeNotice(c, deps.cookies, c.var.session)}
      />,
      status,
    )

  const guards = [signedIn(deps), may(deps, 'confirm_email')] as const
  return new Hono<SignedInEnv>()
    .get('/', ...guards, (c) => show(c, {}))
    .post('/send-link', ...guards, async (c) => {
      await readNothing(c)
      const result = await sendConfirmation(deps, c.var.session, c.var.origin)
      if (!result.ok && result.reason === 'wait')
        return show(c, refusedForm('', tooManyAttempts(result.seconds), result), refusedStatus(c, result))
      deps.cookies.notice.leave(c, result.ok ? 'link_sent' : 'changed_meanwhile')
      return c.redirect('/settings/email', 303)
    })
}

const HERE = '/mail/confirm-email'

/** What the link leads to, signed in or not. */
export function confirmEmailRoutes(deps: Deps) {
  const cookie = mailLinkCookie(deps, 'confirm_email')

  async function show(c: AnyContext, token: string | undefined, form: FormState<never>, status: 200 | 409 = 200) {
    const found = token && (await confirmationBehind(deps, token))
    if (!found) return gone(c)
    return deps.page(
      c,
      <LinkPage title="Confirm your e-mail address" action={HERE} button="Confirm" form={form}>
        <p class="lead">
          Is{' '}
          <strong class="long">
            <Address of={found.email} />
          </strong>{' '}
          yours?
        </p>
      </LinkPage>,
      status,
    )
  }

  function gone(c: AnyContext) {
    cookie.remove(c)
    return deps.page(c, <MailLinkGonePage link={{ href: '/settings/email', text: 'E-mail Address' }} />, 410)
  }

  return new Hono<AppEnv>()
    .use('/', cookie.exchange)
    .get('/', (c) => show(c, cookie.read(c), {}))
    .post('/', async (c) => {
      await readNothing(c)
      const token = cookie.read(c)
      if (!token) return gone(c)
      const sessionToken = deps.cookies.session.read(c)
      const session = sessionToken ? await currentSession(deps, sessionToken) : undefined
      const result = await confirmEmail(deps, token, session?.accountId, c.var.origin)
      if (!result.ok) return result.reason === 'gone' ? gone(c) : show(c, token, refusedForm('', OTHER_ACCOUNT), 409)
      cookie.remove(c)
      deps.cookies.notice.leave(c, 'email_confirmed')
      return c.redirect(session ? '/settings/email' : '/sign-in', 303)
    })
}
