import { createRoute } from '@hono/zod-openapi'
import { type ActivityDeps, activityPage } from '../../account/activity.ts'
import { accountOf, type CallerDeps } from '../bearer.ts'
import { originInEnglish } from '../english.ts'
import { answer } from './answer.ts'
import { access, apiRouter, json } from './operation.ts'
import * as schema from './schemas.ts'

/** The account, and what happened to its security. */
export function accountRoutes(deps: ActivityDeps & CallerDeps) {
  const account = access(deps, 'account:read')
  const events = access(deps, 'events:read', 'invalid_fields')

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
        const caller = c.get('caller')
        const { id, email } = accountOf(caller)
        if (caller.kind === 'token') return answer(c, { id, email, two_factor: caller.holder.hasSecondFactor }, 200)
        const { secondFactorSince, passwordChangedAt } = caller.session
        return answer(
          c,
          { id, email, two_factor: secondFactorSince !== null, password_changed_at: passwordChangedAt.toISOString() },
          200,
        )
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
      async (c) => {
        const page = await activityPage(deps, accountOf(c.var.caller).id, c.req.valid('query').before)
        const shown = page.events.map(({ id, kind, method, at, ...origin }) => ({
          id,
          kind,
          ...(method && { method }),
          at: at.toISOString(),
          ...originInEnglish(origin),
        }))
        return answer(c, { events: shown, ...(page.older && { next: page.older }) }, 200)
      },
    )
}
