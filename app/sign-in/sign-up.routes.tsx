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
import { readableEmail } from '../lib/email-address.ts'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { asksForCookie, type GuardDeps, signedOut } from '../pages/guards.ts'
import { admission, type Invitation, type Turned } from './admission.ts'
import { type SignUpDeps, type SignUpResult, signUp } from './sign-up.ts'

const SignUpForm = z.object({
  email: emailField(),
  password: chosenPasswordField('firstPassword'),
  cookie: z.string().optional(),
})

export function signUpRoutes(deps: SignUpDeps & GuardDeps & { page: RenderPage; baseUrl: string }) {
  const { minLength } = deps.passwordRules
  const link = mailLinkCookie(deps, 'invitation', 'invitation')
  const show = (form: FormState<'email' | 'password'>, invitation: Invitation | undefined) => (
    <SignUpPage form={form} minLength={minLength} invitation={invitation} />
  )
  const turnAway = (c: AppContext, { reason }: Turned) => {
    if (reason === 'invitation_gone') link.remove(c) // it might be another link's
    const explains = c.req.method === 'GET' ? 200 : 403
    return deps.page(c, <NoSignUpPage reason={reason} />, reason === 'invitation_gone' ? 410 : explains)
  }

  return new Hono<AppEnv>()
    .use('/', link.exchange, signedOut(deps), asksForCookie(deps))
    .get('/', async (c) => {
      const admitted = await admission(deps, link.read(c))
      if (!admitted.ok) return turnAway(c, admitted)
      const { invitation } = admitted
      return deps.page(c, show(invitation?.email ? { values: { email: invitation.email } } : {}, invitation))
    })
    .post('/', async (c) => {
      const form = await readForm(c, SignUpForm)
      const token = link.read(c)
      const admitted = await admission(deps, token)
      if (!admitted.ok) return turnAway(c, admitted)
      const values = { email: form.values.email ?? '', ...(form.values.cookie && { cookie: form.values.cookie }) }
      if (deps.cookies.probe.isLost(c, form.values)) {
        const again = { href: '/sign-up', text: words.signIn.signUp.title }
        return deps.page(c, <NoCookiePage site={deps.baseUrl} again={again} />, 422)
      }
      const { invitation } = admitted
      if (!form.ok) return deps.page(c, show({ values, errors: form.errors }, invitation), 422)
      const result = await signUp(deps, form.data, c.var.origin, token)
      if (!result.ok) {
        if (isTurned(result)) return turnAway(c, result)
        const state = refused(result, { minLength, values, invited: invitation?.email })
        return deps.page(c, show(state, invitation), refusedStatus(c, result))
      }
      if (token) link.remove(c)
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

const TURNED: readonly string[] = ['invitation_needed', 'invitation_gone', 'sign_ups_closed']
const isTurned = (result: Refused): result is Turned => TURNED.includes(result.reason)

function refused(
  result: Exclude<Refused, Turned>,
  { minLength, values, invited }: { minLength: number; values: { email: string }; invited: string | null | undefined },
): FormState<'email' | 'password'> {
  switch (result.reason) {
    case 'weak_password':
      return refusedForm('password', passwordRefused(result.refusal, minLength), values)
    case 'email_taken':
      return refusedForm('email', words.messages.email_taken, values)
    case 'other_address':
      return refusedForm('email', words.messages.invitedAddress(readableEmail(invited ?? '')), values)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), values)
  }
}
