import { Hono } from 'hono'
import { z } from 'zod'
import { NoCookiePage } from '#views/sign-in/no-cookie-page.tsx'
import { SecondStepPage } from '#views/sign-in/second-step-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { returnPath } from '../http/return-to.ts'
import { asksForCookie, type GuardDeps, signedOut } from '../pages/guards.ts'
import { challengesOf } from '../two-factor/answers.ts'
import { answerIn, answerShape, fieldOf, type WithPages } from '../two-factor/factor.http.ts'
import { answerRefused, speakerOf } from '../two-factor/messages.http.ts'
import { cancelPending, canUseAuthenticator, pendingSignIn, type SecondStepDeps, verifyAnswer } from './second-step.ts'
import { signedInBrowser } from './signed-in.http.ts'

const TRUST = /^trust$/

export function secondStepRoutes(
  deps: WithPages<SecondStepDeps> & GuardDeps & { page: RenderPage; baseUrl: string; recoveryDelay: number },
) {
  const kinds = [...deps.factorKinds, deps.recoveryCodeAnswers]
  const AnswerForm = z.object({
    ...answerShape(kinds),
    return_to: z.string().optional(),
    cookie: z.string().optional(),
  })

  async function show(c: AppContext, form: FormState, returnTo: string | undefined, status: 200 | 422 | 429 = 200) {
    const pending = await pendingSignIn(deps, deps.cookies.pending.read(c) ?? '')
    if (!pending) return startAgain(c, 'pending_expired')
    const usable = await canUseAuthenticator(deps, pending)
    const asked = usable ? await challengesOf(deps, deps.secondSteps.factorsOf, pending) : []
    const parts = asked.map(({ kind, ...of }) => kind.secondStepPart?.({ form, returnTo }, of))
    return deps.page(
      c,
      <SecondStepPage
        form={form}
        returnTo={returnTo}
        canUseAuthenticator={usable}
        onlyRecoveryCodes={asked.some(({ hasTyped }) => !hasTyped)}
        canRecover={deps.recoveryDelay > 0}
        parts={parts}
      />,
      status,
    )
  }

  function startAgain(c: AppContext, flash: FlashWord) {
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
      const form = await readForm(c, AnswerForm, TRUST)
      const { return_to: returnTo, trust, cookie } = form.values
      const values = { ...(trust && { trust }), ...(cookie && { cookie }) }
      if (deps.cookies.probe.isLost(c, form.values))
        return deps.page(
          c,
          <NoCookiePage site={deps.baseUrl} again={{ href: '/sign-in', text: words.signIn.signIn.title }} />,
          422,
        )
      const answer = answerIn(kinds, form.values)
      if (!answer) return show(c, { values, errors: { code: words.fields.code } }, returnTo, 422)
      const { cookies } = deps
      const held = { known: cookies.browser.read(c), trusted: cookies.trusted.read(c) }
      const door = { client: 'browser', held, trust: trust === 'yes' } as const
      const result = await verifyAnswer(deps, cookies.pending.read(c) ?? '', answer, c.var.origin, door)
      if (!result.ok) {
        if (result.reason === 'expired') return startAgain(c, 'pending_expired')
        if (result.reason === 'no_attempts_left') return startAgain(c, 'no_attempts_left')
        const field = result.reason === 'refused' ? fieldOf(speakerOf(deps, result.refusal)) : 'code'
        return show(
          c,
          refusedForm<string>(field, answerRefused(deps, result), values),
          returnTo,
          refusedStatus(c, result),
        )
      }
      signedInBrowser(c, cookies, result)
      if (result.recoveryCodesLeft === undefined) return c.redirect(returnPath(returnTo, deps.baseUrl), 303)
      if (!result.stays) cookies.flash.leave(c, 'recovery_code_used')
      return c.redirect(result.recoveryCodesLeft === 0 ? '/settings/two-factor/recovery-codes' : '/', 303)
    })
    .post('/cancel', async (c) => {
      await readForm(c, AnswerForm, TRUST) // its button was in the same form once, and its fields do not matter
      await cancelPending(deps, deps.cookies.pending.read(c) ?? '')
      deps.cookies.pending.remove(c)
      return c.redirect('/sign-in', 303)
    })
}
