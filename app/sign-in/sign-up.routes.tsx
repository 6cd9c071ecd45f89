import { Hono } from 'hono'
import { z } from 'zod'
import { CheckMailPage } from '#views/mail/check-mail-page.tsx'
import { NoCookiePage } from '#views/sign-in/no-cookie-page.tsx'
import { NoSignUpPage } from '#views/sign-in/no-sign-up-page.tsx'
import { SignUpPage } from '#views/sign-in/sign-up-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { chosenPasswordField, emailField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { passwordRefused, refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { asksForCookie, type GuardDeps, signedOut } from '../pages/guards.ts'
import { type NotOpen, notOpen, type SignUpDeps, type SignUpResult, signUp } from './sign-up.ts'

const SignUpForm = z.object({
  email: emailField(),
  password: chosenPasswordField('firstPassword'),
  cookie: z.string().optional(),
})

export function signUpRoutes(deps: SignUpDeps & GuardDeps & { page: RenderPage; baseUrl: string }) {
  const { minLength } = deps.passwordRules
  const show = (form: FormState<'email' | 'password'>) => <SignUpPage form={form} minLength={minLength} />
  const closed = (c: AppContext, reason: NotOpen, status: 200 | 403) =>
    deps.page(c, <NoSignUpPage reason={reason} />, status)

  return new Hono<AppEnv>()
    .use('/', signedOut(deps), asksForCookie(deps))
    .get('/', (c) => {
      const reason = notOpen(deps)
      return reason ? closed(c, reason, 200) : deps.page(c, show({}))
    })
    .post('/', async (c) => {
      const form = await readForm(c, SignUpForm)
      const reason = notOpen(deps)
      if (reason) return closed(c, reason, 403)
      const values = { email: form.values.email ?? '', ...(form.values.cookie && { cookie: form.values.cookie }) }
      if (deps.cookies.probe.isLost(c, form.values)) {
        const again = { href: '/sign-up', text: words.signIn.signUp.title }
        return deps.page(c, <NoCookiePage site={deps.baseUrl} again={again} />, 422)
      }
      if (!form.ok) return deps.page(c, show({ values, errors: form.errors }), 422)
      const result = await signUp(deps, form.data, c.var.origin)
      if (!result.ok) {
        if (isNotOpen(result)) return closed(c, result.reason, 403)
        return deps.page(c, show(refused(result, minLength, values)), refusedStatus(c, result))
      }
      if (result.step === 'check_mail') return c.redirect('/sign-up/sent', 303)
      deps.cookies.session.write(c, result.token)
      deps.cookies.browser.hold(c, result.holds.known)
      return c.redirect('/', 303)
    })
    .get('/sent', (c) =>
      deps.page(
        c,
        <CheckMailPage delivery={deps.mailDelivery}>
          <p class="lead">{words.signIn.sent.signUp}</p>
          <p>{words.signIn.sent.notThere}</p>
        </CheckMailPage>,
      ),
    )
}

type Refused = Exclude<SignUpResult, { ok: true }>
type AtTheDoor = Extract<Refused, { reason: NotOpen }>

const isNotOpen = (result: Refused): result is AtTheDoor =>
  result.reason === 'invitation_needed' || result.reason === 'sign_ups_closed'

function refused(
  result: Exclude<Refused, AtTheDoor>,
  minLength: number,
  values: { email: string },
): FormState<'email' | 'password'> {
  switch (result.reason) {
    case 'weak_password':
      return refusedForm('password', passwordRefused(result.refusal, minLength), values)
    case 'email_taken':
      return refusedForm('email', words.messages.email_taken, values)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), values)
  }
}
