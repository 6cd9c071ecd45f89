import { Hono } from 'hono'
import { z } from 'zod'
import { RecoveryCodesPrint } from '#views/two-factor/recovery-codes-print.tsx'
import { SaveRecoveryCodesPage } from '#views/two-factor/save-recovery-codes-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppEnv } from '../http/env.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import { visitorAlone } from '../identity/session.ts'
import { displayed } from '../lib/codes.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { confirmAnswer, finishEnrolment, kindToBegin, startEnrolment } from './enrol.ts'
import { type Enrolment, stepOf } from './enrolment.ts'
import { EnrolmentId, type EnrolRoutesDeps, firstRefused, newAuthenticator } from './new-authenticator.routes.tsx'
import { sendCodesFile } from './recovery-codes-file.http.ts'

const HERE = '/settings/two-factor/set-up'
const CODES = `${HERE}/recovery-codes`
const SavedForm = z.object({ enrolment: EnrolmentId, saved: z.literal('yes').optional() })

/** Set-up: password, step 1 (the code proves the device), step 2 (the recovery codes are saved), Done. */
export function enrolRoutes(deps: EnrolRoutesDeps) {
  const {
    cookie,
    show: stepOne,
    put,
  } = newAuthenticator(deps, {
    mode: 'set-up',
    here: HERE,
    home: '/settings/account',
    start: (c, visitor, { password }) =>
      startEnrolment(deps, visitor, { mode: 'set-up', kind: kindToBegin(deps, visitor), password }, c.var.origin),
    async accept(c, enrolment, { answer }) {
      const result = await confirmAnswer(deps, enrolment, answer)
      if (!result.ok) return result
      await cookie.write(c, result.enrolment)
      return c.redirect(CODES, 303)
    },
  })

  const stepTwo = (
    c: SignedInContext,
    { id, codes, downloaded }: Enrolment,
    form: FormState<'saved'>,
    status: 200 | 409 | 422 = 200,
  ) =>
    deps.page(
      c,
      <SaveRecoveryCodesPage
        visitor={c.var.visitor}
        enrolmentId={id}
        codes={codes.map(displayed)}
        downloaded={downloaded}
        form={form}
      />,
      status,
    )

  const done = signedInPages(deps, { deed: 'set_up_if_off', view: visitorAlone }, (pages) =>
    pages.post('/recovery-codes', async (c) => {
      const { visitor } = c.var
      const form = await readForm(c, SavedForm)
      const enrolment = await cookie.read(c)
      // Done twice: the first has turned it on and taken the cookie along.
      if (!enrolment)
        return visitor.account.secondFactorSince ? c.redirect('/settings/account', 303) : cookie.startAgain(c)
      if (form.values.enrolment !== enrolment.id)
        return stepTwo(c, enrolment, refusedForm('', words.twoFactor.errors.otherWindow), 409)
      const saved = form.ok && form.data.saved === 'yes'
      const result = await finishEnrolment(deps, visitor, enrolment, saved, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_on')
      if (result.reason === 'code_owed')
        return stepOne(c, enrolment, refusedForm('code', words.twoFactor.errors.codeFirst), 409)
      if (result.reason === 'refused') return stepOne(c, enrolment, firstRefused(deps, enrolment, result), 422)
      if (result.reason === 'not_saved')
        return stepTwo(c, enrolment, refusedForm('saved', words.twoFactor.errors.notSaved), 422)
      return cookie.startAgain(c, 'changed_meanwhile')
    }),
  )

  const steps = signedInPages(deps, { deed: 'set_up', view: visitorAlone }, (pages) => {
    put(pages)
    pages
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
        return sendCodesFile(c, deps, c.var.visitor.account.email, deps.now(), unused(enrolment))
      })
      .get('/recovery-codes/print', async (c) => {
        const enrolment = await cookie.read(c)
        if (!enrolment || stepOf(enrolment) !== 2) return c.redirect(HERE, 303)
        const { issuer, baseUrl } = deps
        return deps.page(
          c,
          <RecoveryCodesPrint
            account={c.var.visitor.account.email}
            issuer={issuer}
            site={baseUrl}
            madeAt={deps.now()}
            codes={unused(enrolment)}
            backHref={CODES}
          />,
        )
      })
  })

  return new Hono<AppEnv>().route('/', done).route('/', steps)
}

const unused = ({ codes }: Enrolment) => codes.map((code) => ({ code: displayed(code), usedAt: null }))
