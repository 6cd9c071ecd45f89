import { Hono } from 'hono'
import { z } from 'zod'
import { CheckMailPage } from '#views/mail/check-mail-page.tsx'
import { LostEverythingPage } from '#views/sign-in/lost-everything-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { passwordField } from '../http/fields.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { type GuardDeps, signedOut } from '../pages/guards.ts'
import { askForRecovery, type LostEverythingDeps, openRecovery, stageBehind } from './lost-everything.ts'
import { unlessOff } from './recovery.http.ts'

const HERE = '/sign-in/two-factor/lost-everything'
const HOUR = 60 * 60_000
const PasswordForm = z.object({ password: passwordField() })

/** "I've lost everything", after the password. */
export function lostEverythingRoutes(deps: LostEverythingDeps & GuardDeps & { page: RenderPage }) {
  const { cookies } = deps
  const token = (c: AppContext) => cookies.pending.read(c) ?? ''

  function startAgain(c: AppContext) {
    cookies.pending.remove(c)
    cookies.flash.leave(c, 'pending_expired')
    return c.redirect('/sign-in', 303)
  }

  async function show(c: AppContext, form: FormState<'password'>, status: 200 | 409 | 422 | 429 = 200) {
    const found = await stageBehind(deps, token(c))
    if (!found) return startAgain(c)
    return deps.page(c, <LostEverythingPage {...found} hours={deps.recoveryDelay / HOUR} form={form} />, status)
  }

  const notNow = (c: AppContext) => show(c, refusedForm('', words.signIn.lostEverything.notOpen), 409)

  return new Hono<AppEnv>()
    .use('*', unlessOff(deps), signedOut(deps))
    .get('/', async (c) => (cookies.pending.read(c) ? show(c, {}) : c.redirect('/sign-in', 303)))
    .post('/', async (c) => {
      const form = await readForm(c, PasswordForm)
      if (!form.ok) return show(c, { errors: form.errors }, 422)
      const result = await askForRecovery(deps, token(c), form.data.password, c.var.origin, cookies.browser.read(c))
      if (result.ok) return c.redirect(`${HERE}/sent`, 303)
      switch (result.reason) {
        case 'expired':
          return startAgain(c)
        case 'not_offered':
          return notNow(c)
        case 'wrong_password':
          return show(c, refusedForm('password', words.messages.wrongPassword), 422)
        case 'wait':
          return show(c, refusedForm('', tooManyAttempts(result.seconds)), refusedStatus(c, result))
      }
    })
    .get('/sent', (c) =>
      deps.page(
        c,
        <CheckMailPage delivery={deps.mailDelivery}>
          <p class="lead">{words.signIn.lostEverything.sent}</p>
        </CheckMailPage>,
      ),
    )
    .post('/set-up', async (c) => {
      await readNothing(c)
      const result = await openRecovery(deps, token(c), c.var.origin)
      if (!result.ok) return result.reason === 'expired' ? startAgain(c) : notNow(c)
      cookies.session.write(c, result.token)
      cookies.pending.remove(c)
      return c.redirect('/settings/two-factor/set-up/confirm', 303)
    })
}
