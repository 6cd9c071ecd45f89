import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { MovePage } from '#views/two-factor/move-page.tsx'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { may, signedInWith } from '../http/guards.ts'
import { authenticatorsSeenBy, authenticatorsViewer, type ListDeps } from './authenticators.ts'
import { type EnrolRoutesDeps, newAuthenticator } from './new-authenticator.routes.tsx'
import { finishReplacement, replaceable, startReplacement } from './replace.ts'

const HERE = '/settings/two-factor/replace'

/** A new authenticator in an old one's place: which, password, then the new one's code. "Move to a New Phone" leads here. */
export function replaceRoutes(deps: EnrolRoutesDeps & ListDeps) {
  const { routes } = newAuthenticator(deps, {
    mode: 'replace',
    here: HERE,
    home: '/settings/account',
    about: (c: AnyContext, id) => replaceable(c.var.session, id) ?? c.redirect(`${HERE}/move`, 303),
    start: (c, session, { password, about }) =>
      startReplacement(deps, session, { replaces: replaceable(c.var.session, about?.id), password }, c.var.origin),
    name: (c, { replaces }) => replaceable(c.var.session, replaces ?? '')?.name,
    async accept(c, enrolment, { answer }, cookie) {
      const result = await finishReplacement(deps, c.var.session, enrolment, answer, c.var.origin)
      if (result.ok) return cookie.finish(c, result.token, 'second_factor_replaced')
      return result.reason === 'changed' ? cookie.startAgain(c, 'changed_meanwhile') : result
    },
  })

  return new Hono<SignedInEnv>()
    .use(signedInWith(deps, authenticatorsViewer), may(deps, 'change_second_factor'))
    .get('/move', compress(), (c) => {
      const { session } = c.var // ten authenticators are a long page, and no secret is on it
      return deps.page(c, <MovePage viewer={session} authenticators={authenticatorsSeenBy(deps, session)} />)
    })
    .route('/', routes)
}
