import { createRoute } from '@hono/zod-openapi'
import { askerFor, challengesAlone, type SignInAloneDeps, signInAlone } from '../../sign-in/sign-in-alone.ts'
import { ANSWERED_AT_LEAST } from '../../two-factor/answers.ts'
import type { WithPages } from '../../two-factor/factor.http.ts'
import { answer } from './answer.ts'
import { apiRouter, bodyOf, forAnybody, json } from './operation.ts'
import { Problem, tooManyAttempts } from './problems.ts'
import * as schema from './schemas.ts'

/** Signing in with a passkey alone: what it is asked, and its answer. Nothing is kept between the two but by the client. */
export function signInAloneRoutes(deps: WithPages<SignInAloneDeps>) {
  const { Asked, Answer } = schema.alone(deps)
  const asking = forAnybody()
  const answering = forAnybody('invalid_fields', 'code_refused', 'suspended', 'account_ended', 'too_many_attempts')

  return apiRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/sessions/passkey',
        summary: 'Ask what a passkey has to answer to sign in without a password',
        ...asking.route,
        responses: { 200: json('Good for one answer, for ten minutes at least.', Asked), ...asking.problems },
      }),
      (c) => {
        const id = askerFor(undefined)
        const asked = challengesAlone(deps, id, 'api')
        const factors = Object.fromEntries(asked.map(({ kind, ...of }) => [kind.kind, kind.aloneJson?.(of) ?? {}]))
        const expiresAt = new Date(deps.now().getTime() + ANSWERED_AT_LEAST)
        return answer(c, { challenge: { id, factors, expires_at: expiresAt.toISOString() } }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/sessions/passkey',
        summary: 'Sign in with a passkey alone',
        ...answering.route,
        request: { body: bodyOf(Answer) },
        responses: { 201: json('Signed in.', schema.Signed), ...answering.problems },
      }),
      async (c) => {
        const { challenge, ...fields } = c.req.valid('json')
        const result = await signInAlone(deps, fields, c.var.origin, { client: 'api', asker: challenge })
        if (!result.ok) throw refused(result)
        return answer(c, { session: result.token, expires_at: result.expiresAt.toISOString() }, 201)
      },
    )
}

function refused(result: Exclude<Awaited<ReturnType<typeof signInAlone>>, { ok: true }>): Problem {
  switch (result.reason) {
    case 'wait':
      return tooManyAttempts(result.seconds)
    case 'suspended':
    case 'account_ended':
      return new Problem(result.reason, 'Whoever runs this site can tell why.')
    default:
      return new Problem('code_refused', DETAILS[result.reason], { reason: result.reason })
  }
}

const DETAILS = {
  malformed: 'That is no answer of a passkey that signs in.',
  expired: 'The challenge is answered already, or is over. Ask for another.',
  passkey_refused: 'That passkey is not known here, or was refused.',
}
