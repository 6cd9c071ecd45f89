import { Hono } from 'hono'
import { z } from 'zod'
import { LinkPage } from '#views/mail/link-page.tsx'
import { MailLinkGonePage } from '#views/mail-link-gone-page.tsx'
import { ChangeEmailPage } from '#views/settings/change-email-page.tsx'
import { Address } from '#views/ui/address.tsx'
import type { FormState } from '#views/ui/types.ts'
import type { AnyContext, AppEnv, SignedInEnv } from '../http/env.ts'
import { emailField, passwordField } from '../http/fields.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { type GuardDeps, may, signedIn } from '../http/guards.ts'
import { mailLinkCookie } from '../http/mail-link-cookie.ts'
import {
  CHANGED_MEANWHILE,
  OTHER_ACCOUNT,
  refusedForm,
  refusedStatus,
  tooManyAttempts,
  WRONG_PASSWORD,
} from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { currentSession } from '../sign-in/session.ts'
import {
  type ChangeEmailDeps,
  changeEmail,
  emailChangeBehind,
  type RequestEmailChangeResult,
  requestEmailChange,
} from './change-email.ts'

type Deps = ChangeEmailDeps & GuardDeps & { page: RenderPage }

const ChangeEmailForm = z.object({ email: emailField(), password: passwordField() })

/** Settings → E-mail Address → Change: asks for the link. */
export const changeEmailRoutes = (deps: Deps) =>
  new Hono<SignedInEnv>()
    .use('/', signedIn(deps), may(deps, 'confirm_email'))
    .get('/', (c) => deps.page(c, <ChangeEmailPage viewer={c.var.session} form={{}} />))
    .post('/', async (c) => {
      const { session } = c.var
      const form = await readForm(c, ChangeEmailForm)
      const values = { email: form.values.email ?? '' }
      if (!form.ok)
        return deps.page(c, <ChangeEmailPage viewer={session} form={{ values, errors: form.errors }} />, 422)
      const { email: newEmail, password } = form.data
      const result = await requestEmailChange(deps, session, { newEmail, password }, c.var.origin)
      if (!result.ok)
        return deps.page(
          c,
          <ChangeEmailPage viewer={session} form={refused(result, values)} />,
          refusedStatus(c, result),
        )
      deps.cookies.session.renew(c, result.token)
      deps.cookies.notice.leave(c, 'change_link_sent')
      return c.redirect('/settings/email', 303)
    })

function refused(
  result: Exclude<RequestEmailChangeResult, { ok: true }>,
  values: { email: string },
): FormState<'email' | 'password'> {
  switch (result.reason) {
    case 'same_email':
      return refusedForm('email', 'That is the address you have now.', {}, values)
    case 'wrong_password':
      return refusedForm('password', WRONG_PASSWORD, {}, values)
    case 'changed':
      return refusedForm('', CHANGED_MEANWHILE, {}, values)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), result, values)
  }
}

const HERE = '/mail/change-email'
const TAKEN = 'That address has an account of its own by now. Nothing was changed.'

/** What the link leads to, signed in or not. */
export function newEmailRoutes(deps: Deps) {
  const cookie = mailLinkCookie(deps, 'change_email')

  async function show(c: AnyContext, token: string | undefined, form: FormState<never>, status: 200 | 409 = 200) {
    const found = token && (await emailChangeBehind(deps, token))
    if (!found) return gone(c)
    return deps.page(
      c,
      <LinkPage title="Confirm your new address" action={HERE} button="Confirm" form={form}>
        <p class="lead">
          From now on your account is known by{' '}
          <strong class="long">
            <Address of={found.newEmail} />
          </strong>
          . Your other sessions are signed out.
        </p>
      </LinkPage>,
      status,
    )
  }

  function gone(c: AnyContext) {
    cookie.remove(c)
    return deps.page(
      c,
      <MailLinkGonePage link={{ href: '/settings/email/change', text: 'Change E-mail Address' }} />,
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
      const session = sessionToken ? await currentSession(deps, sessionToken) : undefined
      const result = await changeEmail(deps, token, session, c.var.origin)
      if (!result.ok)
        return result.reason === 'gone'
          ? gone(c)
          : show(c, token, refusedForm('', result.reason === 'email_taken' ? TAKEN : OTHER_ACCOUNT), 409)
      cookie.remove(c)
      deps.cookies.session.renew(c, result.token)
      deps.cookies.notice.leave(c, 'email_changed')
      return c.redirect(session ? '/settings/email' : '/sign-in', 303)
    })
}
