import { createRoute } from '@hono/zod-openapi'
import { type AccessToken, type AccessTokenDeps, tokensSeenBy, tokensView } from '../../access-tokens/access-tokens.ts'
import {
  type ChoiceRefused,
  editToken,
  generateToken,
  type NotTheirs,
  regenerateToken,
  removeTokens,
  USUAL_LIFE_IN_DAYS,
} from '../../access-tokens/change-tokens.ts'
import type { Scope } from '../../access-tokens/scopes.ts'
import type { VisitorDeps } from '../bearer.ts'
import { originInEnglish } from '../english.ts'
import { answer, done } from './answer.ts'
import { apiRouter, bodyOf, forSessions, json, noContent } from './operation.ts'
import { Problem, passwordRefused } from './problems.ts'
import * as schema from './schemas.ts'

const DAY = 24 * 60 * 60_000

/** Personal access tokens. Only for sessions, because a token makes no tokens. */
export function tokenRoutes(deps: AccessTokenDeps & VisitorDeps) {
  const seeing = { deed: 'anything', view: tokensView } as const
  const asked = ['invalid_fields', 'wrong_password', 'too_many_attempts'] as const
  const reading = forSessions(deps, seeing)
  const making = forSessions(deps, seeing, ...asked, 'too_many_tokens')
  const changing = forSessions(deps, seeing, ...asked, 'not_found')
  const end = (given: string | null | undefined) =>
    given === null ? null : new Date(given === undefined ? deps.now().getTime() + USUAL_LIFE_IN_DAYS * DAY : given)

  return apiRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/tokens',
        summary: 'The access tokens of the account',
        ...reading.route,
        responses: {
          200: json('The tokens, the latest first; their values are not kept.', schema.Tokens),
          ...reading.problems,
        },
      }),
      (c) => answer(c, { tokens: tokensSeenBy(c.var.visitor).map(shown) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/tokens',
        summary: 'Generate an access token',
        ...making.route,
        request: { body: bodyOf(schema.NewToken) },
        responses: { 201: json('The token, with its value, this once.', schema.TokenValue), ...making.problems },
      }),
      async (c) => {
        const { password, description, scopes, expires_at } = c.req.valid('json')
        const choices = { password, description, scopes: scopes as Scope[], expiresAt: end(expires_at) }
        const result = await generateToken(deps, c.var.visitor, choices, c.var.origin)
        if (!result.ok) throw refused(result)
        return answer(c, { value: result.value, token: shown(result.token) }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/tokens/{id}',
        summary: 'Edit an access token',
        ...changing.route,
        request: { params: schema.TokenPath, body: bodyOf(schema.TokenEdit) },
        responses: { 200: json('The token.', schema.Token), ...changing.problems },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const { password, description, scopes, expires_at } = c.req.valid('json')
        const old = tokensSeenBy(c.var.visitor).find((token) => token.id === id)
        if (!old) throw notFound()
        const choices = {
          id,
          password,
          description: description ?? old.description,
          scopes: (scopes as Scope[] | undefined) ?? old.scopes,
          expiresAt: expires_at === undefined ? old.expiresAt : end(expires_at),
        }
        const result = await editToken(deps, c.var.visitor, choices, c.var.origin)
        if (!result.ok) throw refused(result)
        return answer(c, shown({ ...old, ...choices }), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/tokens/{id}/regenerate',
        summary: 'Give an access token a new value',
        ...changing.route,
        request: { params: schema.TokenPath, body: bodyOf(schema.TokenRegeneration) },
        responses: { 200: json('The token, with its new value, this once.', schema.TokenValue), ...changing.problems },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const { password, overlap, expires_at } = c.req.valid('json')
        const wanted = { id, password, overlap, expiresAt: end(expires_at) }
        const result = await regenerateToken(deps, c.var.visitor, wanted, c.var.origin)
        if (!result.ok) throw refused(result)
        return answer(c, { value: result.value, token: shown(result.token) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/tokens/{id}',
        summary: 'Remove an access token',
        ...changing.route,
        request: { params: schema.TokenPath, body: bodyOf(schema.PasswordBody) },
        responses: { 204: noContent, ...changing.problems },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const { password } = c.req.valid('json')
        const result = await removeTokens(deps, c.var.visitor, { ids: [id], password }, c.var.origin)
        if (!result.ok) throw refused(result)
        if (result.removed.length === 0) throw notFound()
        return done(c)
      },
    )
}

const notFound = () => new Problem('not_found', 'The account has no such access token.')

const shown = (token: AccessToken) => ({
  id: token.id,
  hint: token.hint,
  description: token.description,
  scopes: token.scopes as string[],
  created_at: token.createdAt.toISOString(),
  expires_at: token.expiresAt?.toISOString() ?? null,
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
  last_address: lastUseOf(token)?.address ?? null,
  last_browser: lastUseOf(token)?.browser ?? null,
})

const lastUseOf = ({ lastAddress: address, lastBrowser: browser, lastSystem: system }: AccessToken) =>
  address !== null && browser !== null ? originInEnglish({ address, browser, system }) : undefined

type Refused =
  | ChoiceRefused
  | NotTheirs
  | { ok: false; reason: 'wrong_password' }
  | { ok: false; reason: 'too_many_tokens' | 'no_such_token' }
  | { ok: false; reason: 'wait'; seconds: number }

function refused(result: Refused): Problem {
  switch (result.reason) {
    case 'wait':
    case 'wrong_password':
      return passwordRefused(result)
    case 'too_many_tokens':
      return new Problem('too_many_tokens', 'Remove one that is not needed any more.')
    case 'no_such_token':
      return notFound()
    case 'no_scope':
      return new Problem('invalid_fields', 'Look at `fields`.', { fields: { scopes: 'Choose at least one.' } })
    case 'no_such_app':
      return new Problem('invalid_fields', 'Look at `fields`.', {
        fields: { scopes: 'One is for an app that takes no access tokens, or that the account may not open.' },
      })
    case 'expires_in_the_past':
      return new Problem('invalid_fields', 'Look at `fields`.', { fields: { expires_at: 'It is over already.' } })
    case 'expires_too_late':
      return new Problem('invalid_fields', 'Look at `fields`.', {
        fields: { expires_at: 'It can be at most 366 days ahead.' },
      })
  }
}
