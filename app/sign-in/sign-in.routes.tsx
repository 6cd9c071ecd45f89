import { Hono } from 'hono'
import { z } from 'zod'
import { NoCookiePage } from '#views/sign-in/no-cookie-page.tsx'
import type { Said } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppEnv } from '../http/env.ts'
import { passwordField, signInNameField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { takeFlash } from '../pages/flash.ts'
import { asksForCookie, type GuardDeps, signedOut } from '../pages/guards.ts'
import type { WithPages } from '../two-factor/factor.http.ts'
import type { AdmissionDeps } from './admission.ts'
import { type SignInDeps, type SignInResult, signIn } from './sign-in.ts'
import type { SignInAloneDeps } from './sign-in-alone.ts'
import { signInPage, wantedAfter } from './sign-in-page.http.tsx'
import { signedInBrowser } from './signed-in.http.ts'

const SignInForm = z.object({
  email: signInNameField(),
  password: passwordField(),
  return_to: z.string().optional(),
  cookie: z.string().optional(),
})

export function signInRoutes(
  deps: SignInDeps &
    WithPages<SignInAloneDeps> &
    GuardDeps &
    Pick<AdmissionDeps, 'signUps'> & { page: RenderPage; baseUrl: string },
) {
  return new Hono<AppEnv>()
    .use('/', signedOut(deps), asksForCookie(deps))
    .get('/', (c) => {
      const returnTo = wantedAfter(deps, c.req.query('return_to'))
      return deps.page(c, signInPage(c, deps, { form: {}, returnTo, flash: takeFlash(c, deps.cookies) }))
    })
    .post('/', async (c) => {
      const form = await readForm(c, SignInForm)
      const values = { email: form.values.email ?? '', ...(form.values.cookie && { cookie: form.values.cookie }) }
      const returnTo = wantedAfter(deps, form.values.return_to)
      const { cookies } = deps
      if (cookies.probe.isLost(c, form.values)) {
        const href = returnTo ? `/sign-in?return_to=${encodeURIComponent(returnTo)}` : '/sign-in'
        return deps.page(c, <NoCookiePage site={deps.baseUrl} again={{ href, text: words.signIn.signIn.title }} />, 422)
      }
      if (!form.ok) return deps.page(c, signInPage(c, deps, { form: { values, errors: form.errors }, returnTo }), 422)
      const held = { known: cookies.browser.read(c), trusted: cookies.trusted.read(c) }
      const { email: name, password } = form.data
      const result = await signIn(deps, { name, password }, c.var.origin, 'browser', held)
      if (!result.ok) {
        const refused = refusedForm<'email' | 'password'>('', message(result), values)
        return deps.page(c, signInPage(c, deps, { form: refused, returnTo }), refusedStatus(c, result))
      }
      if (result.step === 'signed_in') {
        signedInBrowser(c, cookies, result)
        return c.redirect(returnTo ?? '/', 303)
      }
      cookies.pending.write(c, result.pendingToken)
      return c.redirect(
        returnTo ? `/sign-in/two-factor?return_to=${encodeURIComponent(returnTo)}` : '/sign-in/two-factor',
        303,
      )
    })
}

function message(result: Exclude<SignInResult, { ok: true }>): Said {
  switch (result.reason) {
    case 'wrong_credentials':
      return words.messages.wrong_credentials
    case 'suspended':
    case 'account_ended':
      return words.messages[result.reason]
    case 'wait':
      return tooManyAttempts(result.seconds)
  }
}
