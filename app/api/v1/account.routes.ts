import { createRoute } from '@hono/zod-openapi'
import { type ActivityDeps, activityOfToken, activitySeenBy, activityView } from '../../account/activity.ts'
import { visitorAlone } from '../../identity/session.ts'
import { holderAlone, type VisitorDeps } from '../bearer.ts'
import { originInEnglish } from '../english.ts'
import { answer } from './answer.ts'
import { apiRouter, forScope, json } from './operation.ts'
import * as schema from './schemas.ts'

/** The account, and what happened to its security. */
export function accountRoutes(deps: ActivityDeps & VisitorDeps) {
  const account = forScope(deps, {
    scope: 'account:read',
    deed: 'anything',
    view: visitorAlone,
    ofToken: holderAlone,
  })
  const events = forScope(
    deps,
    {
      scope: 'events:read',
      deed: 'anything',
      view: (_, request) => activityView(deps, request.query('before')),
      ofToken: (_, request) => activityOfToken(deps, request.query('before')),
    },
    'invalid_fields',
  )

  return apiRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/account',
        summary: 'The account',
        ...account.route,
        responses: { 200: json('The account.', schema.Account), ...account.problems },
      }),
      async (c) => {
        const visitor = c.get('visitor')
        const { id, email, secondFactorSince } = visitor.account
        const account = { id, email, two_factor: secondFactorSince !== null }
        if ('token' in visitor) return answer(c, account, 200)
        return answer(c, { ...account, password_changed_at: visitor.account.passwordChangedAt.toISOString() }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/events',
        summary: 'Security events, newest first',
        ...events.route,
        request: { query: schema.EventsQuery },
        responses: { 200: json('A page of events.', schema.Events), ...events.problems },
      }),
      (c) => {
        const page = activitySeenBy(c.var.visitor)
        const shown = page.events.map(({ id, kind, method, actor, reason, at, ...origin }) => ({
          id,
          kind,
          ...(method && { method }),
          ...(actor && { by: actor }),
          ...(reason && { reason }),
          at: at.toISOString(),
          ...originInEnglish(origin),
        }))
        return answer(c, { events: shown, ...(page.older && { next: page.older }) }, 200)
      },
    )
}
