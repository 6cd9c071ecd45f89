import { Hono } from 'hono'
import { z } from 'zod'
import { EnrolPage } from '#views/two-factor/enrol-page.tsx'
import { RecoveryCodesPrint } from '#views/two-factor/recovery-codes-print.tsx'
import { SaveRecoveryCodesPage } from '#views/two-factor/save-recovery-codes-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { enrolmentCookie } from '../http/enrolment-cookie.ts'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { type GuardDeps, secondFactor, signedIn } from '../http/guards.ts'
import { codeRefused, refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { sendCodesFile } from '../http/recovery-codes-file.ts'
import { displayed } from '../lib/codes.ts'
import type { Session } from '../sign-in/session.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import { confirmCode, type EnrolDeps, finishEnrolment, showEnrolment, startEnrolment } from './enrol.ts'
import { type Enrolment, stepOf } from './enrolment.ts'

const HERE = '/settings/two-factor/set-up'
const CODES = `${HERE}/recovery-codes`
const EnrolmentId = z.string().max(64).optional()
const CodeForm = z.object({
  enrolment: EnrolmentId,
  code: z.string('Enter the code.').trim().min(1, 'Enter the code.'),
})
const SavedForm = z.object({ enrolment: EnrolmentId, saved: z.literal('yes').optional() })
/** Cancel is a button of either form, whose fields come along and do not matter. */
const CancelForm = z.object({ enrolment: EnrolmentId, code: z.string().optional(), saved: z.string().optional() })

export type EnrolRoutesDeps = EnrolDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string }

/** Set-up: password, step 1 (the code proves the device), step 2 (the recovery codes are saved), Done. */
export function enrolRoutes(deps: EnrolRoutesDeps) {
  const cookie = enrolmentCookie(deps, 'set-up')

  async function stepOne(
    c: AnyContext,
    enrolment: Enrolment,
    form: FormState<'code'>,
    status: 200 | 409 | 422 | 429 = 200,
  ) {
    const session: Session = c.var.session
    const shown = await showEnrolment(deps, enrolment, session)
    return deps.page(
      c,
      <EnrolPage viewer={session} mode="set-up" enrolmentId={enrolment.id} {...shown} form={form} />,
      status,
    )
  }

  const stepTwo = (
    c: AnyContext,
    { id, codes, downloaded }: Enrolment,
    form: FormState<'saved'>,
    status: 200 | 409 | 422 = 200,
  ) =>
    deps.page(
      c,
      <SaveRecoveryCodesPage
        viewer={c.var.session}
        enrolmentId={id}
        codes={codes.map(displayed)}
        downloaded={downloaded}
        form={form}
      />,
      status,
    )

  const confirm = confirmRoutes(deps.page, 'set-up', async (c, session, password) => {
    const result = await startEnrolment(deps, session, { mode: 'set-up', kind: 'totp', password }, c.var.origin)
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    await cookie.write(c, result.enrolment)
    return HERE
  })

  return new Hono<SignedInEnv>()
    .use(signedIn(deps))
    .post('/recovery-codes', async (c) => {
      const { session } = c.var
      const form = await readForm(c, SavedForm)
      const enrolment = await cookie.read(c)
      // Done twice: the first has turned it on and taken the cookie along.
      if (!enrolment) return session.secondFactorSince ? c.redirect('/settings/account', 303) : cookie.startAgain(c)
      if (form.values.enrolment !== enrolment.id) return stepTwo(c, enrolment, refusedForm('', OTHER_WINDOW), 409)
      const saved = form.ok && form.data.saved === 'yes'
      const result = await finishEnrolment(deps, session, enrolment, saved, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_on')
      if (result.reason === 'code_owed') return stepOne(c, enrolment, refusedForm('code', 'Enter the code first.'), 409)
      if (result.reason === 'not_saved')
        return stepTwo(c, enrolment, refusedForm('saved', 'Save the recovery codes first, then tick this.'), 422)
      return cookie.startAgain(c, 'changed_meanwhile')
    })
    .use(secondFactor('off'))
    .route('/confirm', confirm)
    .get('/', async (c) => {
      const enrolment = await cookie.read(c)
      return enrolment ? stepOne(c, enrolment, {}) : c.redirect(`${HERE}/confirm`, 303)
    })
    .post('/', async (c) => {
      const form = await readForm(c, CodeForm)
      const enrolment = await cookie.read(c)
      if (!enrolment) return cookie.startAgain(c)
      if (form.values.enrolment !== enrolment.id) return stepOne(c, enrolment, refusedForm('', OTHER_WINDOW), 409)
      if (!form.ok)
        return stepOne(
          c,
          enrolment,
          refusedForm('code', form.errors.code ?? codeRefused({ ok: false, reason: 'malformed' })),
          422,
        )
      const result = await confirmCode(deps, enrolment, form.data.code)
      if (!result.ok)
        return stepOne(c, enrolment, refusedForm('code', firstCodeRefused(result), result), refusedStatus(c, result))
      await cookie.write(c, result.enrolment)
      return c.redirect(CODES, 303)
    })
    .post('/cancel', async (c) => {
      await readForm(c, CancelForm)
      deps.cookies.enrolment.remove(c)
      return c.redirect('/settings/account', 303)
    })
    .get('/recovery-codes', async (c) => {
      const enrolment = await cookie.read(c)
      if (!enrolment) return c.redirect(`${HERE}/confirm`, 303)
      return stepOf(enrolment) === 2 ? stepTwo(c, enrolment, {}) : c.redirect(HERE, 303)
    })
    .post('/recovery-codes/download', async (c) => {
      await readNothing(c)
      const enrolment = await cookie.read(c)
      if (!enrolment || stepOf(enrolment) !== 2) return c.redirect(HERE, 303)
      await cookie.write(c, { ...enrolment, downloaded: true }) // without the script, this is the tick
      return c.redirect(`${CODES}/download`, 303)
    })
    .get('/recovery-codes/download', async (c) => {
      const enrolment = await cookie.read(c)
      if (!enrolment || stepOf(enrolment) !== 2) return c.redirect(HERE, 303)
      return sendCodesFile(c, deps, c.var.session.email, deps.now(), unused(enrolment))
    })
    .get('/recovery-codes/print', async (c) => {
      const enrolment = await cookie.read(c)
      if (!enrolment || stepOf(enrolment) !== 2) return c.redirect(HERE, 303)
      const { issuer, baseUrl } = deps
      return deps.page(
        c,
        <RecoveryCodesPrint
          account={c.var.session.email}
          issuer={issuer}
          site={baseUrl}
          madeAt={deps.now()}
          codes={unused(enrolment)}
          backHref={CODES}
        />,
      )
    })
}

export const OTHER_WINDOW =
  'That page was from an earlier start of the set-up, in another window perhaps. This is the one that counts.'

const unused = ({ codes }: Enrolment) => codes.map((code) => ({ code: displayed(code), usedAt: null }))

/** At a new device a wrong code has mostly one of two reasons. */
export const firstCodeRefused = (refusal: Parameters<typeof codeRefused>[0]): string =>
  refusal.reason === 'wrong_code'
    ? 'That code is not right. Check that it is from the entry you have just added, and that the clock on your phone is right.'
    : refusal.reason === 'malformed'
      ? 'Enter the six digits your authenticator shows.'
      : codeRefused(refusal)
