import { compress } from 'hono/compress'
import { MovePage } from '#views/two-factor/move-page.tsx'
import { signedInPages } from '../pages/guards.ts'
import {
  type AuthenticatorsVisitor,
  authenticatorsSeenBy,
  authenticatorsView,
  type ListDeps,
} from './authenticators.ts'
import { type EnrolRoutesDeps, newAuthenticator } from './new-authenticator.routes.tsx'
import { finishReplacement, replaceable, startReplacement } from './replace.ts'

const HERE = '/settings/two-factor/replace'

/** A new authenticator in an old one's place: which, password, then the new one's code. "Move to a New Phone" leads here. */
export function replaceRoutes(deps: EnrolRoutesDeps & ListDeps) {
  const { put } = newAuthenticator<AuthenticatorsVisitor>(deps, {
    mode: 'replace',
    here: HERE,
    home: '/settings/account',
    about: (c, id) => replaceable(c.var.visitor, id) ?? c.redirect(`${HERE}/move`, 303),
    start: (c, visitor, { password, about }) =>
      startReplacement(deps, visitor, { replaces: replaceable(c.var.visitor, about?.id), password }, c.var.origin),
    name: (c, { replaces }) => replaceable(c.var.visitor, replaces ?? '')?.name,
    async accept(c, enrolment, { answer }, cookie) {
      const result = await finishReplacement(deps, c.var.visitor, enrolment, answer, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_replaced')
      return result.reason === 'changed' ? cookie.startAgain(c, 'changed_meanwhile') : result
    },
  })

  return signedInPages(deps, { deed: 'change_second_factor', view: authenticatorsView }, (pages) => {
    put(pages)
    pages.get('/move', compress(), (c) => {
      const { visitor } = c.var // ten authenticators are a long page, and no secret is on it
      return deps.page(c, <MovePage visitor={visitor} authenticators={authenticatorsSeenBy(deps, visitor)} />)
    })
  })
}
