import { createRoute } from '@hono/zod-openapi'
import {
  endSessions,
  type ListedSession,
  type SessionsDeps,
  sessionsOfToken,
  sessionsSeenBy,
  sessionsView,
} from '../../account/sessions.ts'
import { visitorAlone } from '../../identity/session.ts'
import { type SignOutDeps, signOut } from '../../identity/sign-out.ts'
import { hashToken } from '../../lib/tokens.ts'
import { type SecondStepDeps, verifyAnswer } from '../../sign-in/second-step.ts'
import { type SignInDeps, signIn } from '../../sign-in/sign-in.ts'
import { type Challenge, challengesOf } from '../../two-factor/answers.ts'
import type { FactorKind, KindsDeps, WithPages } from '../../two-factor/factor.http.ts'
import { type AnswerRefusal, speakerOf } from '../../two-factor/messages.http.ts'
import { holderAlone, type VisitorDeps } from '../bearer.ts'
import { originInEnglish } from '../english.ts'
import { answer, done } from './answer.ts'
import { apiRouter, bodyOf, forAnybody, forScope, forSessions, json, noContent } from './operation.ts'
import { Problem, tooManyAttempts } from './problems.ts'
import * as schema from './schemas.ts'

export type SessionRoutesDeps = SignInDeps & SignOutDeps & WithPages<SecondStepDeps> & SessionsDeps & VisitorDeps

/** Signing in (password, then the code where one is owed), and the account's sessions. */
export function sessionRoutes(deps: SessionRoutesDeps) {
  const { Challenged, Verification } = schema.answering(deps)
  const anybody = forAnybody('invalid_fields', 'wrong_credentials', 'suspended', 'account_ended', 'too_many_attempts')
  const verifying = forAnybody('invalid_fields', 'code_refused', 'too_many_attempts')
  const self = forSessions(deps, { deed: 'leave', view: visitorAlone })
  const listing = { deed: 'leave', view: sessionsView, ofToken: sessionsOfToken } as const
  const reading = forScope(deps, { scope: 'sessions:read', ...listing })
  const alone = { deed: 'leave', view: visitorAlone, ofToken: holderAlone } as const
  const ending = forScope(deps, { scope: 'sessions:write', ...alone }, 'not_found')

  return apiRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/sessions',
        summary: 'Sign in with email and password',
        ...anybody.route,
        request: { body: bodyOf(schema.Credentials) },
        responses: {
          201: json('Signed in.', schema.Signed),
          202: json('The password is right, and a code or a passkey is owed: send it to /sessions/verify.', Challenged),
          ...anybody.problems,
        },
      }),
      async (c) => {
        const { email: name, password } = c.req.valid('json')
        const result = await signIn(deps, { name, password }, c.var.origin, 'api')
        if (!result.ok) throw signInRefused(result)
        if (result.step === 'signed_in')
          return answer(c, { session: result.token, expires_at: result.expiresAt.toISOString() }, 201)
        const { accountId, pendingToken, expiresAt, attemptsLeft } = result
        const left = { expires_at: expiresAt.toISOString(), attempts_left: attemptsLeft }
        const asked = await challengesOf(deps, deps.secondSteps.factorsOf, {
          accountId,
          tokenHash: hashToken(pendingToken),
        })
        const challenge = { id: pendingToken, ...methodsOf(asked), ...left }
        return answer(c, { challenge }, 202)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/sessions/verify',
        summary: 'Answer a challenge with a code, a passkey or a recovery code',
        ...verifying.route,
        request: { body: bodyOf(Verification) },
        responses: { 201: json('Signed in.', schema.Signed), ...verifying.problems },
      }),
      async (c) => {
        const { challenge, ...fields } = c.req.valid('json')
        const result = await verifyAnswer(deps, challenge, fields, c.var.origin, { client: 'api' })
        if (!result.ok) throw answerProblem(deps, result)
        return answer(c, { session: result.token, expires_at: result.expiresAt.toISOString() }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/session',
        summary: 'The session that asks',
        ...self.route,
        responses: { 200: json('The session.', schema.Session), ...self.problems },
      }),
      (c) => {
        const { session } = c.var.visitor
        return answer(c, shown(session, session.id), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/session',
        summary: 'Sign out',
        ...self.route,
        responses: { 204: noContent, ...self.problems },
      }),
      async (c) => {
        await signOut(deps, c.var.visitor, c.var.origin)
        return done(c)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/sessions',
        summary: 'Where the account is signed in',
        ...reading.route,
        responses: { 200: json('The live sessions, the latest first.', schema.Sessions), ...reading.problems },
      }),
      (c) => {
        const { visitor } = c.var
        const current = 'session' in visitor ? visitor.session.id : undefined
        return answer(c, { sessions: sessionsSeenBy(visitor).map((session) => shown(session, current)) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/sessions/{id}',
        summary: 'End a session of the account',
        ...ending.route,
        request: { params: schema.SessionPath },
        responses: { 204: noContent, ...ending.problems },
      }),
      async (c) => {
        const ended = await endSessions(deps, c.var.visitor.account.id, [c.req.valid('param').id], c.var.origin)
        if (ended.length === 0) throw new Problem('not_found', 'The account has no such session.')
        return done(c)
      },
    )
}

const shown = (session: ListedSession, current: string | undefined) => ({
  id: session.id,
  client: session.client,
  method: session.method,
  browser: originInEnglish(session).browser,
  address: originInEnglish(session).address,
  started_at: session.startedAt.toISOString(),
  last_seen_at: session.lastSeenAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  current: session.id === current,
})

/** What answers, and what it is asked where it answers no code. */
function methodsOf(asked: Challenge<FactorKind>[]) {
  const hasTyped = asked.every(({ hasTyped }) => hasTyped)
  const hasPasskey = asked.some(({ kind }) => kind.readAlone)
  const typed = hasTyped ? (['authenticator'] as const) : []
  const methods: ('authenticator' | 'passkey' | 'recovery_code')[] = [
    ...typed,
    ...(hasPasskey ? (['passkey'] as const) : []),
    'recovery_code',
  ]
  return { methods, ...(asked.length > 0 && { factors: askedJson(asked) }) }
}

export const askedJson = (asked: Challenge<FactorKind>[]) =>
  Object.fromEntries(asked.map(({ kind, ...of }) => [kind.kind, kind.secondStepJson?.(of) ?? {}]))

function signInRefused(result: Exclude<Awaited<ReturnType<typeof signIn>>, { ok: true }>): Problem {
  switch (result.reason) {
    case 'wrong_credentials':
      return new Problem('wrong_credentials', 'Whether it is the one or the other is not told.')
    case 'suspended':
    case 'account_ended':
      return new Problem(result.reason, 'Whoever runs this site can tell why.')
    case 'wait':
      return tooManyAttempts(result.seconds)
  }
}

/** Why an answer was refused, in `reason`; how many tries are left; when the next code comes. */
export function answerProblem(deps: KindsDeps, result: AnswerRefusal & { attemptsLeft?: number }): Problem {
  if (result.reason === 'wait') return tooManyAttempts(result.seconds)
  const over = result.reason === 'expired' || result.reason === 'no_attempts_left'
  const left = over ? { attempts_left: 0 } : 'attemptsLeft' in result && { attempts_left: result.attemptsLeft }
  if (result.reason !== 'refused')
    return new Problem('code_refused', DETAILS[result.reason], { reason: result.reason, ...left })
  const { refusal } = result
  const { reason, nextInSeconds } = refusal
  return new Problem('code_refused', speakerOf(deps, refusal).detail(refusal), {
    reason,
    ...left,
    ...(nextInSeconds !== undefined && { retry_after: nextInSeconds }),
  })
}

const DETAILS = {
  malformed: 'A code has six digits; a recovery code has ten characters.',
  not_resistant: 'No code is enough for this account: send the answer of a passkey.',
  blocked: 'Too many wrong codes in a row: only a recovery code is taken.',
  expired: 'The challenge is over. Sign in again.',
  no_attempts_left: 'That was the last try. Sign in again.',
}
