import { createRoute } from '@hono/zod-openapi'
import { visitorAlone } from '../../identity/session.ts'
import {
  type Invitation,
  type InvitationDeps,
  type Invited,
  invite,
  listInvitations,
  revokeInvitation,
  type State,
} from '../../operators/invitations.ts'
import type { VisitorDeps } from '../bearer.ts'
import { answer, done } from './answer.ts'
import * as schema from './invitation-schemas.ts'
import { apiRouter, bodyOf, forSessions, json, noContent } from './operation.ts'
import { Problem } from './problems.ts'

/** Only for sessions of operators, who have shown their second factor lately. */
export function invitationRoutes(deps: InvitationDeps & VisitorDeps) {
  const operating = { deed: 'operate', view: visitorAlone } as const
  const reading = forSessions(deps, operating, 'invalid_fields')
  const making = forSessions(deps, operating, 'invalid_fields', 'sign_ups_closed')
  const changing = forSessions(deps, operating, 'not_found')

  return apiRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/invitations',
        summary: 'Invite somebody to make an account',
        ...making.route,
        request: { body: bodyOf(schema.NewInvitation) },
        responses: {
          201: json('The invitation, with its link unless it was sent.', schema.Invited),
          ...making.problems,
        },
      }),
      async (c) => {
        const { email = null, send, role, groups, expires_at, account_ends_at, reason = null } = c.req.valid('json')
        const wanted = {
          email,
          isSent: send ?? email !== null,
          role,
          groups: groups.map(({ name, until }) => ({ name, until: until === null ? null : new Date(until) })),
          expiresAt: expires_at === undefined ? undefined : new Date(expires_at),
          accountEndsAt: account_ends_at === null ? null : new Date(account_ends_at),
        }
        const by = { operatorId: c.var.visitor.account.id, reason, origin: c.var.origin }
        const made = await invite(deps, wanted, by)
        if (!made.ok) throw refused(made)
        return answer(c, { invitation: shown(made.invitation), ...(made.link && { link: made.link }) }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/invitations',
        summary: 'Invitations, the latest first',
        ...reading.route,
        request: { query: schema.InvitationsQuery },
        responses: { 200: json('A page of invitations.', schema.Invitations), ...reading.problems },
      }),
      async (c) => {
        const { invitations, next } = await listInvitations(deps, c.req.valid('query').after)
        return answer(c, { invitations: invitations.map(shown), ...(next && { next }) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/invitations/{id}',
        summary: 'Revoke an invitation',
        ...changing.route,
        request: { params: schema.InvitationPath },
        responses: { 204: noContent, ...changing.problems },
      }),
      async (c) => {
        const by = { operatorId: c.var.visitor.account.id, reason: null, origin: c.var.origin }
        const { ok } = await revokeInvitation(deps, c.req.valid('param').id, by)
        if (!ok) throw new Problem('not_found', 'There is no such invitation that could still be used.')
        return done(c)
      },
    )
}

type Listed = Invitation & { groups: readonly { name: string; until: Date | null }[]; state?: State }

const shown = ({ id, email, role, groups, state = 'open', ...of }: Listed) => ({
  ...{ id, email, role, state },
  groups: groups.map(({ name, until }) => ({ name, until: until?.toISOString() ?? null })),
  created_at: of.createdAt.toISOString(),
  sent_at: of.sentAt?.toISOString() ?? null,
  expires_at: of.expiresAt.toISOString(),
  account_ends_at: of.accountEndsAt?.toISOString() ?? null,
  used_at: of.usedAt?.toISOString() ?? null,
  revoked_at: of.revokedAt?.toISOString() ?? null,
})

function refused(made: Exclude<Invited, { ok: true }>): Problem {
  const wrong = (fields: Record<string, string>) => new Problem('invalid_fields', 'Look at `fields`.', { fields })
  switch (made.reason) {
    case 'sign_ups_closed':
      return new Problem('sign_ups_closed', 'An invitation would open nothing. SIGN_UP says who may make an account.')
    case 'no_address':
      return wrong({ email: 'An invitation that is sent needs an address.' })
    case 'over':
      return wrong({ expires_at: 'One of the dates has passed.' })
    case 'too_late':
      return wrong({ expires_at: 'An invitation can last 366 days at most.' })
    case 'no_such_group':
      return wrong({ groups: `There is no group ${made.group}.` })
    case 'group_twice':
      return wrong({ groups: `The group ${made.group} is there twice.` })
  }
}
