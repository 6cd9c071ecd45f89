import { createRoute } from '@hono/zod-openapi'
import { en } from '#views/words/en.ts'
import { visitorAlone } from '../../identity/session.ts'
import { displayed } from '../../lib/codes.ts'
import { authenticatorsSeenBy, authenticatorsView, type ListDeps } from '../../two-factor/authenticators.ts'
import { type DisableDeps, disable } from '../../two-factor/disable.ts'
import { confirmAnswer, type EnrolDeps, enrolling, finishEnrolment, startEnrolment } from '../../two-factor/enrol.ts'
import { readEnrolment, writeEnrolment } from '../../two-factor/enrolment.ts'
import type { WithPages } from '../../two-factor/factor.http.ts'
import { kindOf } from '../../two-factor/factor.ts'
import { challengesNow, type FreshProofDeps, proveAgain } from '../../two-factor/fresh-proof.ts'
import { type RecoveryCodesDeps, regenerateCodes, viewCodes } from '../../two-factor/recovery-codes.ts'
import type { VisitorDeps } from '../bearer.ts'
import { answer, done } from './answer.ts'
import { apiRouter, bodyOf, forSessions, json, noContent } from './operation.ts'
import { Problem, passwordRefused } from './problems.ts'
import * as schema from './schemas.ts'
import { answerProblem, askedJson } from './sessions.routes.ts'

export type TwoFactorRoutesDeps = WithPages<EnrolDeps & FreshProofDeps> &
  ListDeps &
  DisableDeps &
  RecoveryCodesDeps &
  VisitorDeps

/** The second factor and its recovery codes. Sessions alone, and the password with each. */
export function twoFactorRoutes(deps: TwoFactorRoutesDeps) {
  const bodies = schema.enrolmentBodies(deps)
  const reading = forSessions(deps, { deed: 'anything', view: authenticatorsView })
  const asked = ['invalid_fields', 'wrong_password', 'too_many_attempts', 'changed_meanwhile'] as const
  const setUp = { deed: 'set_up', view: visitorAlone } as const
  const whileOff = forSessions(deps, setUp, ...asked)
  const confirming = forSessions(deps, setUp, 'invalid_fields', 'code_refused', 'enrolment_expired')
  const whileOn = forSessions(
    deps,
    { deed: 'change_second_factor', view: visitorAlone },
    'second_factor_required',
    ...asked,
  )
  const proof = { deed: 'show_second_factor', view: visitorAlone } as const
  const toProve = forSessions(deps, { ...proof, view: authenticatorsView })
  const proving = forSessions(deps, proof, 'invalid_fields', 'code_refused', 'too_many_attempts', 'changed_meanwhile')
  const ofCodes = forSessions(deps, { deed: 'recovery_codes', view: visitorAlone }, ...asked)

  return apiRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/two-factor',
        summary: 'Whether the second factor is on, and its authenticators',
        ...reading.route,
        responses: { 200: json('How it is.', schema.TwoFactor), ...reading.problems },
      }),
      (c) => {
        const { secondFactorSince: since, recoveryCodesLeft } = c.var.visitor.account
        const authenticators = authenticatorsSeenBy(deps, c.var.visitor).map(({ name, addedAt, lastUsedAt }) => ({
          name,
          added_at: addedAt.toISOString(),
          last_used_at: lastUsedAt?.toISOString() ?? null,
        }))
        return answer(
          c,
          {
            on: since !== null,
            since: since?.toISOString() ?? null,
            recovery_codes_left: since && recoveryCodesLeft,
            authenticators,
          },
          200,
        )
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/two-factor/enrolment',
        summary: 'Begin to set the second factor up',
        ...whileOff.route,
        request: { body: bodyOf(bodies.beginning) },
        responses: {
          201: json('What the authenticator needs. Nothing about the account has changed.', bodies.enrolment),
          ...whileOff.problems,
        },
      }),
      async (c) => {
        const { visitor } = c.var
        const { password, kind } = c.req.valid('json')
        const started = await startEnrolment(deps, visitor, { mode: 'set-up', kind, password }, c.var.origin)
        if (!started.ok) throw refused(started)
        const { kind: begun, expiresAt } = started.enrolment
        const device = await kindOf(deps, begun).enrolJson(enrolling(deps, started.enrolment, visitor))
        const text = writeEnrolment(deps.vault, started.enrolment)
        const enrolment = `${text}.${deps.vault.hash('enrolment-signature', text)}`
        return answer(c, { enrolment, ...device, expires_at: expiresAt.toISOString() }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/two-factor/enrolment/confirm',
        summary:
          'Confirm with the code of the authenticator or the answer of the passkey, which turns the second factor on',
        ...confirming.route,
        request: { body: bodyOf(bodies.confirmation) },
        responses: { 200: json('It is on. Save the recovery codes.', schema.NewRecoveryCodes), ...confirming.problems },
      }),
      async (c) => {
        const { visitor } = c.var
        const { enrolment: sent, ...fields } = c.req.valid('json')
        const [text = '', ...signature] = sent.split('.')
        const signed = deps.vault.verifies('enrolment-signature', text, signature.join('.'))
        const enrolment = signed ? readEnrolment(deps.vault, text, visitor.session, 'set-up', deps.now()) : undefined
        if (!enrolment) throw new Problem('enrolment_expired', 'Begin again.')
        const confirmed = await confirmAnswer(deps, enrolment, fields)
        if (!confirmed.ok) throw answerProblem(deps, confirmed)
        const done = await finishEnrolment(deps, visitor, confirmed.enrolment, true, c.var.origin)
        if (!done.ok) throw new Problem('enrolment_expired', 'The account was changed meanwhile. Begin again.')
        return answer(c, { recovery_codes: confirmed.enrolment.codes.map(displayed) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/two-factor/fresh-proof',
        summary: 'What a passkey has to answer to be shown again',
        ...toProve.route,
        responses: {
          200: json('By kind; nothing where the account has codes alone.', schema.Asked),
          ...toProve.problems,
        },
      }),
      async (c) => answer(c, { factors: askedJson(await challengesNow(deps, c.var.visitor)) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/two-factor/fresh-proof',
        summary: 'Show the second factor again: it then counts as shown lately for 10 minutes',
        ...proving.route,
        request: { body: bodyOf(schema.answerBody(deps)) },
        responses: { 204: noContent, ...proving.problems },
      }),
      async (c) => {
        const proved = await proveAgain(deps, c.var.visitor, c.req.valid('json'), c.var.origin)
        if (!proved.ok) throw answerProblem(deps, proved)
        return done(c)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/two-factor',
        summary: 'Turn the second factor off',
        ...whileOn.route,
        request: { body: bodyOf(schema.PasswordBody) },
        responses: { 204: noContent, ...whileOn.problems },
      }),
      async (c) => {
        const off = await disable(deps, c.var.visitor, c.req.valid('json').password, c.var.origin)
        if (!off.ok) throw refused(off)
        return done(c)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/two-factor/recovery-codes/view',
        summary: 'The recovery codes',
        ...ofCodes.route,
        request: { body: bodyOf(schema.PasswordBody) },
        responses: {
          200: json('All of the live set; the used ones without their text.', schema.RecoveryCodes),
          ...ofCodes.problems,
        },
      }),
      async (c) => {
        const viewed = await viewCodes(deps, c.var.visitor, c.req.valid('json').password, c.var.origin)
        if (!viewed.ok) throw refused(viewed)
        const shown = viewed.codes.map(({ code, usedAt }) => ({
          code: code && displayed(code),
          used_at: usedAt?.toISOString() ?? null,
        }))
        return answer(c, { recovery_codes: shown }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/two-factor/recovery-codes/regenerate',
        summary: 'Replace the recovery codes',
        ...ofCodes.route,
        request: { body: bodyOf(schema.PasswordBody) },
        responses: { 200: json('The new ones; the old no longer work.', schema.NewRecoveryCodes), ...ofCodes.problems },
      }),
      async (c) => {
        const { visitor } = c.var
        const old = await viewCodes(deps, visitor, c.req.valid('json').password, c.var.origin)
        if (!old.ok) throw refused(old)
        const made = await regenerateCodes(deps, visitor, old.madeAt, c.var.origin)
        if (!made.ok) throw refused({ ok: false, reason: 'changed' })
        return answer(c, { recovery_codes: made.codes.map(displayed) }, 200)
      },
    )
}

type Refused =
  | { ok: false; reason: 'wrong_password' }
  | { ok: false; reason: 'changed' }
  | { ok: false; reason: 'required' }
  | { ok: false; reason: 'wait'; seconds: number }

function refused(result: Refused): Problem {
  switch (result.reason) {
    case 'wait':
    case 'wrong_password':
      return passwordRefused(result)
    case 'required':
      return new Problem('second_factor_required', en.messages.secondFactorRequired)
    case 'changed':
      return new Problem('changed_meanwhile', 'Ask again how it is now.')
  }
}
