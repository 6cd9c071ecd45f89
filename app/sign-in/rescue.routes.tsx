import { Hono } from 'hono'
import { z } from 'zod'
import { RescuePage } from '#views/sign-in/rescue-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { type GuardDeps, signedOut } from '../pages/guards.ts'
import { type RescueDeps, redeemRescue } from './rescue.ts'
import { pendingSignIn } from './second-step.ts'

const CodeForm = z.object({ code: z.string().max(256).optional() })

/** "I have a code from an operator", after the password. */
export function rescueRoutes(deps: RescueDeps & GuardDeps & { page: RenderPage }) {
  const { cookies } = deps

  function startAgain(c: AppContext, flash: FlashWord) {
    cookies.pending.remove(c)
    cookies.flash.leave(c, flash)
    return c.redirect('/sign-in', 303)
  }

  async function show(c: AppContext, form: FormState<'code'>, status: 200 | 422 | 429 = 200) {
    const pending = await pendingSignIn(deps, cookies.pending.read(c) ?? '')
    return pending ? deps.page(c, <RescuePage form={form} />, status) : startAgain(c, 'pending_expired')
  }

  return new Hono<AppEnv>()
    .use('/', signedOut(deps))
    .get('/', async (c) => (cookies.pending.read(c) ? show(c, {}) : c.redirect('/sign-in', 303)))
    .post('/', async (c) => {
      const form = await readForm(c, CodeForm)
      const result = await redeemRescue(deps, cookies.pending.read(c) ?? '', form.values.code ?? '', c.var.origin)
      if (result.ok) {
        cookies.session.write(c, result.token)
        cookies.pending.remove(c)
        return c.redirect('/settings/two-factor/set-up/confirm', 303)
      }
      switch (result.reason) {
        case 'expired':
          return startAgain(c, 'pending_expired')
        case 'no_attempts_left':
          return startAgain(c, 'no_attempts_left')
        case 'wait':
          return show(
            c,
            refusedForm('code', { ...words.messages.code.wait, seconds: result.seconds }),
            refusedStatus(c, result),
          )
        case 'wrong_rescue_code':
          return show(c, refusedForm('code', words.signIn.rescue.wrong), 422)
      }
    })
}
