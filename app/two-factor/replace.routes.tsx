import { Hono } from 'hono'
import type { SignedInEnv } from '../http/env.ts'
import { hasRecoveryCodes, secondFactor, signedIn } from '../http/guards.ts'
import { finishReplacement } from './enrol.ts'
import { type EnrolRoutesDeps, newAuthenticator } from './new-authenticator.routes.tsx'

/** A new authenticator in the old one's place: password, then the new one's code. The recovery codes stay. */
export function replaceRoutes(deps: EnrolRoutesDeps) {
  const { cookie, routes } = newAuthenticator(
    deps,
    'replace',
    '/settings/two-factor/replace',
    async (c, enrolment, code) => {
      const result = await finishReplacement(deps, c.var.session, enrolment, code, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_replaced')
      return result.reason === 'changed' ? cookie.startAgain(c, 'changed_meanwhile') : result
    },
  )

  return new Hono<SignedInEnv>().use(signedIn(deps), hasRecoveryCodes, secondFactor('on')).route('/', routes)
}
