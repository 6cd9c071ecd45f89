import { Hono } from 'hono'
import { z } from 'zod'
import { NoCookiePage } from '#views/sign-in/no-cookie-page.tsx'
import { SecondStepPage } from '#views/sign-in/second-step-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AnyContext, AppEnv } from '../http/env.ts'
import { codeField } from '../http/fields.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { asksForCookie, type GuardDeps, signedOut } from '../http/guards.ts'
import { codeRefused, refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { returnPath } from '../http/return-to.ts'
import { cancelPending, canUseAuthenticator, pendingSignIn, type SecondStepDeps, verifyCode } from './second-step.ts'

const CodeForm = z.object({
  code: codeField(),
  return_to: z.string().optional(),
  cookie: z.string().optional(),
})
const TRUST = /^trust$/
/** Cancel is a button of the same form, whose fields come along and do not matter. */
const CancelForm = z.object({
  code: z.string().optional(),
  return_to: z.string().optional(),
  cookie: z.string().optional(),
})

export function secondStepRoutes(deps: SecondStepDeps & GuardDeps & { page: RenderPage; baseUrl: string }) {
  async function show(
    c: AnyContext,
    form: FormState<'code' | 'trust'>,
    returnTo: string | undefined,
    status: 200 | 422 | 429 = 200,
  ) {
    const pending = await pendingSignIn(deps, deps.cookies.pending.read(c) ?? '')
    if (!pending) return startAgain(c, 'pending_expired')
    const usable = await canUseAuthenticator(deps, pending)
    return deps.page(c, <SecondStepPage form={form} returnTo={returnTo} canUseAuthenticator={usable} />, status)
  }

  function startAgain(c: AnyContext, flash: FlashWord) {
    deps.cookies.pending.remove(c)
    deps.cookies.flash.leave(c, flash)
    return c.redirect('/sign-in', 303)
  }

  return new Hono<AppEnv>()
    .use('/', signedOut(deps), asksForCookie(deps))
    .get('/', async (c) => {
      if (!deps.cookies.pending.read(c)) return c.redirect('/sign-in', 303)
      return show(c, {}, c.req.query('return_to'))
    })
    .post('/', async (c) => {
      const form = await readForm(c, CodeForm, TRUST)
      const { return_to: returnTo, trust, cookie } = form.values
      const values = { ...(trust && { trust }), ...(cookie && { cookie }) }
      if (deps.cookies.probe.isLost(c, form.values))
        return deps.page(
          c,
          <NoCookiePage site={deps.baseUrl} again={{ href: '/sign-in', text: words.signIn.signIn.title }} />,
          422,
        )
      if (!form.ok)
        return show(c, { values, errors: form.errors.code ? { code: form.errors.code } : {} }, returnTo, 422)
      const { cookies } = deps
      const held = { known: cookies.browser.read(c), trusted: cookies.trusted.read(c) }
      const door = { client: 'browser', held, trust: trust === 'yes' } as const
      const result = await verifyCode(deps, cookies.pending.read(c) ?? '', form.data.code, c.var.origin, door)
      if (!result.ok) {
        if (result.reason === 'expired') return startAgain(c, 'pending_expired')
        if (result.reason === 'no_attempts_left') return startAgain(c, 'no_attempts_left')
        return show(c, refusedForm('code', codeRefused(result), values), returnTo, refusedStatus(c, result))
      }
      cookies.session.write(c, result.token)
      cookies.pending.remove(c)
      cookies.browser.hold(c, result.holds.known)
      cookies.trusted.hold(c, result.holds.trusted)
      if (result.recoveryCodesLeft === undefined) return c.redirect(returnPath(returnTo, deps.baseUrl), 303)
      deps.cookies.flash.leave(c, 'recovery_code_used')
      return c.redirect(result.recoveryCodesLeft === 0 ? '/settings/two-factor/recovery-codes' : '/', 303)
    })
    .post('/cancel', async (c) => {
      await readForm(c, CancelForm, TRUST)
      await cancelPending(deps, deps.cookies.pending.read(c) ?? '')
      deps.cookies.pending.remove(c)
      return c.redirect('/sign-in', 303)
    })
}
