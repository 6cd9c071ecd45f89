import { Hono } from 'hono'
import { z } from 'zod'
import { CheckMailPage } from '#views/mail/check-mail-page.tsx'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { NewPasswordPage } from '#views/sign-in/new-password-page.tsx'
import { ResetPasswordPage } from '#views/sign-in/reset-password-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { chosenPasswordField, emailField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { passwordRefused, refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { type ResetPasswordDeps, requestReset, resetBehind, resetPassword } from './reset-password.ts'

type Deps = ResetPasswordDeps & { cookies: Cookies; page: RenderPage }

const RequestForm = z.object({ email: emailField() })

/** "Forgot your password?" Also open to people who are signed in: they may have forgotten it too. */
export const resetPasswordRoutes = (deps: Deps) =>
  new Hono<AppEnv>()
    .get('/', (c) => deps.page(c, <ResetPasswordPage form={{}} />))
    .post('/', async (c) => {
      const form = await readForm(c, RequestForm)
      const values = { email: form.values.email ?? '' }
      if (!form.ok) return deps.page(c, <ResetPasswordPage form={{ values, errors: form.errors }} />, 422)
      const result = await requestReset(deps, form.data.email, c.var.origin)
      if (result.ok) return c.redirect('/reset-password/sent', 303)
      const refused = refusedForm<'email'>('', tooManyAttempts(result.seconds), values)
      return deps.page(c, <ResetPasswordPage form={refused} />, refusedStatus(c, result))
    })
    .get('/sent', (c) =>
      deps.page(
        c,
        <CheckMailPage delivery={deps.mailDelivery}>
          <p class="lead">{words.signIn.sent.resetPassword}</p>
          <p>{words.signIn.sent.notThere}</p>
        </CheckMailPage>,
      ),
    )

const NewPasswordForm = z.object({ password: chosenPasswordField('newPassword') })

/** What the link leads to. */
export function newPasswordRoutes(deps: Deps) {
  const cookie = mailLinkCookie(deps, 'reset_password')
  const { minLength } = deps.passwordRules

  async function show(
    c: AppContext,
    token: string | undefined,
    form: FormState<'password'>,
    status: 200 | 422 | 429 = 200,
  ) {
    const found = token && (await resetBehind(deps, token))
    if (!found) return gone(c)
    return deps.page(c, <NewPasswordPage email={found.email} form={form} minLength={minLength} />, status)
  }

  function gone(c: AppContext) {
    cookie.remove(c)
    return deps.page(
      c,
      <MailLinkGonePage link={{ href: '/reset-password', text: words.signIn.resetPassword.title }} />,
      410,
    )
  }

  return new Hono<AppEnv>()
    .use('/', cookie.exchange)
    .get('/', (c) => show(c, cookie.read(c), {}))
    .post('/', async (c) => {
      const form = await readForm(c, NewPasswordForm)
      const token = cookie.read(c)
      if (!token) return gone(c)
      if (!form.ok) return show(c, token, { errors: form.errors }, 422)
      const result = await resetPassword(deps, token, form.data.password, c.var.origin, deps.cookies.browser.read(c))
      if (!result.ok) {
        if (result.reason === 'gone') return gone(c)
        const refused =
          result.reason === 'wait'
            ? refusedForm<'password'>('', tooManyAttempts(result.seconds))
            : refusedForm<'password'>('password', passwordRefused(result.refusal, minLength))
        return show(c, token, refused, refusedStatus(c, result))
      }
      cookie.remove(c)
      deps.cookies.pending.remove(c)
      deps.cookies.flash.leave(c, 'password_reset')
      return c.redirect('/sign-in', 303)
    })
}
