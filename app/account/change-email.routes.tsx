import { Hono } from 'hono'
import { z } from 'zod'
import { ChangeEmailPage } from '#views/account/change-email-page.tsx'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { LinkPage } from '#views/mail/link-page.tsx'
import { Address } from '#views/ui/address.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { emailField, passwordField } from '../http/fields.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { currentVisitor, visitorAlone } from '../identity/session.ts'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import {
  type ChangeEmailDeps,
  changeEmail,
  emailChangeBehind,
  type RequestEmailChangeResult,
  requestEmailChange,
} from './change-email.ts'

type Deps = ChangeEmailDeps & GuardDeps & { page: RenderPage }

const ChangeEmailForm = z.object({ email: emailField(), password: passwordField() })

/** Settings → Email Address → Change: asks for the link. */
export const changeEmailRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: 'confirm_email', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => deps.page(c, <ChangeEmailPage visitor={c.var.visitor} form={{}} />))
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, ChangeEmailForm)
        const values = { email: form.values.email ?? '' }
        if (!form.ok)
          return deps.page(c, <ChangeEmailPage visitor={visitor} form={{ values, errors: form.errors }} />, 422)
        const { email: newEmail, password } = form.data
        const result = await requestEmailChange(deps, visitor, { newEmail, password }, c.var.origin)
        if (!result.ok)
          return deps.page(
            c,
            <ChangeEmailPage visitor={visitor} form={refused(result, values)} />,
            refusedStatus(c, result),
          )
        deps.cookies.session.renew(c, result.token)
        deps.cookies.flash.leave(c, 'change_link_sent')
        return c.redirect('/settings/email', 303)
      }),
  )

function refused(
  result: Exclude<RequestEmailChangeResult, { ok: true }>,
  values: { email: string },
): FormState<'email' | 'password'> {
  switch (result.reason) {
    case 'same_email':
      return refusedForm('email', words.messages.same_email, values)
    case 'wrong_password':
      return refusedForm('password', words.messages.wrongPassword, values)
    case 'changed':
      return refusedForm('', words.messages.changedMeanwhile, values)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), values)
  }
}

const HERE = '/mail/change-email'

/** What the link leads to, signed in or not. */
export function newEmailRoutes(deps: Deps) {
  const cookie = mailLinkCookie(deps, 'change_email')

  async function show(c: AppContext, token: string | undefined, form: FormState<never>, status: 200 | 409 = 200) {
    const found = token && (await emailChangeBehind(deps, token))
    if (!found) return gone(c)
    return deps.page(
      c,
      <LinkPage
        title={words.mailPages.changeEmail.title}
        action={HERE}
        button={words.mailPages.changeEmail.submit}
        form={form}
      >
        <p class="lead">
          {words.mailPages.changeEmail.lead(
            <strong class="long">
              <Address of={found.newEmail} />
            </strong>,
          )}
        </p>
      </LinkPage>,
      status,
    )
  }

  function gone(c: AppContext) {
    cookie.remove(c)
    return deps.page(
      c,
      <MailLinkGonePage link={{ href: '/settings/email/change', text: words.settings.changeEmail.title }} />,
      410,
    )
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
      const result = await changeEmail(deps, token, visitor, c.var.origin)
      if (!result.ok)
        return result.reason === 'gone'
          ? gone(c)
          : show(
              c,
              token,
              refusedForm(
                '',
                result.reason === 'email_taken' ? words.mailPages.changeEmail.taken : words.messages.otherAccount,
              ),
              409,
            )
      cookie.remove(c)
      deps.cookies.session.renew(c, result.token)
      deps.cookies.flash.leave(c, 'email_changed')
      return c.redirect(visitor ? '/settings/email' : '/sign-in', 303)
    })
}
