import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { finishAddition, startAddition } from './add.ts'
import { type AuthenticatorsVisitor, authenticatorsView, type ListDeps, suggestedName } from './authenticators.ts'
import { kindToBegin } from './enrol.ts'
import type { Enrolment } from './enrolment.ts'
import { kindOf } from './factor.ts'
import { type EnrolRoutesDeps, newAuthenticator } from './new-authenticator.routes.tsx'

/** One more authenticator beside the others: password, then its name and its code. The recovery codes stay. */
export function addRoutes(deps: EnrolRoutesDeps & ListDeps) {
  const proposed = (c: SignedInContext<AuthenticatorsVisitor>, { kind }: Enrolment) =>
    suggestedName(kindOf(deps, kind).firstName, c.var.visitor.factors)
  const { put } = newAuthenticator<AuthenticatorsVisitor>(deps, {
    mode: 'add',
    here: '/settings/two-factor/add',
    home: '/settings/two-factor/authenticators',
    start: (c, visitor, { password }) =>
      startAddition(deps, visitor, { kind: kindToBegin(deps, visitor), password }, c.var.origin),
    name: proposed,
    async accept(c, enrolment, typed, cookie) {
      const result = await finishAddition(
        deps,
        c.var.visitor,
        enrolment,
        { ...typed, proposed: proposed(c, enrolment) },
        c.var.origin,
      )
      if (result.ok) return cookie.finish(c, result.token, 'authenticator_added')
      if (result.reason === 'too_many_authenticators') return cookie.startAgain(c, 'too_many_authenticators')
      return result.reason === 'changed' ? cookie.startAgain(c, 'changed_meanwhile') : result
    },
  })

  return signedInPages(deps, { deed: 'add_second_factor', view: authenticatorsView }, put)
}
