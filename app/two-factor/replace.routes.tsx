import { Hono } from 'hono'
import { z } from 'zod'
import { EnrolPage } from '#views/two-factor/enrol-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { enrolmentCookie } from '../http/enrolment-cookie.ts'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { readForm } from '../http/forms.ts'
import { hasRecoveryCodes, secondFactor, signedIn } from '../http/guards.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { Session } from '../sign-in/session.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import { type EnrolRoutesDeps, firstCodeRefused, OTHER_WINDOW } from './enrol.routes.tsx'
import { finishReplacement, showEnrolment, startEnrolment } from './enrol.ts'
import type { Enrolment } from './enrolment.ts'

const HERE = '/settings/two-factor/replace'
const CodeForm = z.object({
  enrolment: z.string().max(64).optional(),
  code: z.string('Enter the code.').trim().min(1, 'Enter the code.'),
})
const CancelForm = z.object({ enrolment: z.string().optional(), code: z.string().optional() })

/** A new authenticator in the old one's place: password, then the new one's code. The recovery codes stay. */
export function replaceRoutes(deps: EnrolRoutesDeps) {
  const cookie = enrolmentCookie(deps, 'replace')

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
      <EnrolPage viewer={session} mode="replace" enrolmentId={enrolment.id} {...shown} form={form} />,
      status,
    )
  }

  const confirm = confirmRoutes(deps.page, 'replace', async (c, session, password) => {
    const result = await startEnrolment(deps, session, { mode: 'replace', kind: 'totp', password }, c.var.origin)
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    await cookie.write(c, result.enrolment)
    return HERE
  })

  return new Hono<SignedInEnv>()
    .use(signedIn(deps), hasRecoveryCodes, secondFactor('on'))
    .route('/confirm', confirm)
    .get('/', async (c) => {
      const enrolment = await cookie.read(c)
      return enrolment ? show(c, enrolment, {}) : c.redirect(`${HERE}/confirm`, 303)
    })
    .post('/', async (c) => {
      const form = await readForm(c, CodeForm)
      const enrolment = await cookie.read(c)
      if (!enrolment) return cookie.startAgain(c)
      if (form.values.enrolment !== enrolment.id) return show(c, enrolment, refusedForm('', OTHER_WINDOW), 409)
      if (!form.ok) return show(c, enrolment, refusedForm('code', form.errors.code ?? ''), 422)
      const result = await finishReplacement(deps, c.var.session, enrolment, form.data.code, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_replaced')
      if (result.reason === 'changed') return cookie.startAgain(c, 'changed_meanwhile')
      return show(c, enrolment, refusedForm('code', firstCodeRefused(result), result), refusedStatus(c, result))
    })
    .post('/cancel', async (c) => {
      await readForm(c, CancelForm)
      deps.cookies.enrolment.remove(c)
      return c.redirect('/settings/account', 303)
    })
}
