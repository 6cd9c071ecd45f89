import { Hono } from 'hono'
import { z } from 'zod'
import { EnrolPage } from '#views/two-factor/enrol-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { enrolmentCookie } from '../http/enrolment-cookie.ts'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { readForm } from '../http/forms.ts'
import type { GuardDeps } from '../http/guards.ts'
import { codeRefused, refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import type { Session } from '../sign-in/session.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import { type CodeRefused, type EnrolDeps, showEnrolment, startEnrolment } from './enrol.ts'
import type { Enrolment, EnrolmentMode } from './enrolment.ts'

export type EnrolRoutesDeps = EnrolDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string }

/** Which enrolment a page belongs to: another window may have begun a newer one. */
export const EnrolmentId = z.string().max(64).optional()
export const OTHER_WINDOW =
  'That page was from an earlier start of the set-up, in another window perhaps. This is the one that counts.'

const MISSING = 'Enter the code.'
const CodeForm = z.object({ enrolment: EnrolmentId, code: z.string(MISSING).trim().min(1, MISSING) })
/** Cancel is a button of the forms on the way, whose fields come along and do not matter. */
const CancelForm = z.object({ enrolment: EnrolmentId, code: z.string().optional(), saved: z.string().optional() })

type Accept = (c: AnyContext, enrolment: Enrolment, code: string) => Promise<Response | CodeRefused>

/**
 * What set-up and replacement share, at `here`: the password, then the page with the QR code that asks for the first
 * code. `accept` takes the code and answers, or says how it was refused.
 */
export function newAuthenticator(deps: EnrolRoutesDeps, mode: EnrolmentMode, here: string, accept: Accept) {
  const cookie = enrolmentCookie(deps, mode)

  async function show(
    c: AnyContext,
    enrolment: Enrolment,
    form: FormState<'code'>,
    status: 200 | 409 | 422 | 429 = 200,
  ) {
    const session: Session = c.var.session
    const shown = await showEnrolment(deps, enrolment, session)
    return deps.page(
      c,
      <EnrolPage viewer={session} mode={mode} enrolmentId={enrolment.id} {...shown} form={form} />,
      status,
    )
  }

  const confirm = confirmRoutes(deps.page, mode, async (c, session, password) => {
    const result = await startEnrolment(deps, session, { mode, kind: 'totp', password }, c.var.origin)
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    await cookie.write(c, result.enrolment)
    return here
  })

  const routes = new Hono<SignedInEnv>()
    .route('/confirm', confirm)
    .get('/', async (c) => {
      const enrolment = await cookie.read(c)
      return enrolment ? show(c, enrolment, {}) : c.redirect(`${here}/confirm`, 303)
    })
    .post('/', async (c) => {
      const form = await readForm(c, CodeForm)
      const enrolment = await cookie.read(c)
      if (!enrolment) return cookie.startAgain(c)
      if (form.values.enrolment !== enrolment.id) return show(c, enrolment, refusedForm('', OTHER_WINDOW), 409)
      if (!form.ok) return show(c, enrolment, refusedForm('code', form.errors.code ?? MISSING), 422)
      const result = await accept(c, enrolment, form.data.code)
      if (result instanceof Response) return result
      return show(c, enrolment, refusedForm('code', firstCodeRefused(result), result), refusedStatus(c, result))
    })
    .post('/cancel', async (c) => {
      await readForm(c, CancelForm)
      deps.cookies.enrolment.remove(c)
      return c.redirect('/settings/account', 303)
    })
  return { cookie, show, routes }
}

/** At a new device a wrong code has mostly one of two reasons. */
function firstCodeRefused(refusal: CodeRefused): string {
  switch (refusal.reason) {
    case 'wrong_code':
      return 'That code is not right. Check that it is from the entry you have just added, and that the clock on your phone is right.'
    case 'malformed':
      return 'Enter the six digits your authenticator shows.'
    default:
      return codeRefused(refusal)
  }
}
