import { z } from 'zod'
import {
  type AccessToken,
  editToken,
  generateToken,
  listTokens,
  regenerateToken,
  removeTokens,
  USUAL_LIFE_IN_DAYS,
} from '../../access-tokens/access-tokens.ts'
import { ALL_SCOPES, SCOPES } from '../../access-tokens/scopes.ts'
import { passwordField } from '../../http/fields.ts'
import { forSignedIn, type Method } from './method.ts'
import { apiList, expiresAt, id, ids, requiredText, yesOrNo } from './parameters.ts'
import { choiceFailure, confirmationRefused } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const DAY = 24 * 60 * 60_000
const usualEnd = (now: Date) => new Date(now.getTime() + USUAL_LIFE_IN_DAYS * DAY)

const description = () => requiredText(100).trim().min(1, 'It is required.')
const password = passwordField

/** `users/authentication`: access tokens, which only a session manages. */
export const tokens: Record<string, Method> = {
  /** The only answer besides that of regeneratetoken that has the token itself. */
  createtoken: forSignedIn(
    z.object({
      password: password(),
      description: description(),
      expiresAt: expiresAt().optional(),
      apiList: apiList().optional(),
    }),
    async ({ deps, origin, session, parameters }) => {
      const choices = {
        password: parameters.password,
        description: parameters.description,
        scopes: parameters.apiList ?? [...SCOPES],
        expiresAt: parameters.expiresAt === undefined ? usualEnd(deps.now()) : parameters.expiresAt,
      }
      const result = await generateToken(deps, session, choices, origin)
      if (!result.ok) throw refused(result)
      return { token: result.value, ...listed(result.token) }
    },
  ),

  /** What is left out stays as it is. */
  edittoken: forSignedIn(
    z.object({
      password: password(),
      id: id(),
      description: description().optional(),
      expiresAt: expiresAt().optional(),
      apiList: apiList().optional(),
    }),
    async ({ deps, origin, session, parameters }) => {
      const token = (await listTokens(deps, session.accountId)).find((own) => own.id === parameters.id)
      if (!token) throw noSuchToken()
      const changes = {
        id: token.id,
        password: parameters.password,
        description: parameters.description ?? token.description,
        scopes: parameters.apiList ?? token.scopes,
        expiresAt: parameters.expiresAt === undefined ? token.expiresAt : parameters.expiresAt,
      }
      const result = await editToken(deps, session, changes, origin)
      if (!result.ok) throw refused(result)
      const { description, scopes, expiresAt } = changes
      return listed({ ...token, description, scopes, expiresAt })
    },
  ),

  /** With `overlap` the old value goes on for a day. */
  regeneratetoken: forSignedIn(
    z.object({ password: password(), id: id(), expiresAt: expiresAt().optional(), overlap: yesOrNo() }),
    async ({ deps, origin, session, parameters }) => {
      const expiresAt = parameters.expiresAt === undefined ? usualEnd(deps.now()) : parameters.expiresAt
      const result = await regenerateToken(deps, session, { ...parameters, expiresAt }, origin)
      if (!result.ok) throw refused(result)
      return { id: parameters.id, token: result.value, expiresAt }
    },
  ),

  deletetokens: forSignedIn(
    z.object({ password: password(), ids: ids() }),
    async ({ deps, origin, session, parameters }) => {
      const result = await removeTokens(deps, session, parameters, origin)
      if (!result.ok) throw confirmationRefused(result)
      if (result.removed.length === 0) throw noSuchToken()
      return { ids: result.removed }
    },
  ),

  gettokens: forSignedIn(
    z.object({ ids: ids().optional() }),
    async ({ deps, session, parameters }) => {
      const all = await listTokens(deps, session.accountId)
      const wanted = all.filter((token) => parameters.ids?.includes(token.id) ?? true)
      if (parameters.ids && wanted.length === 0) throw noSuchToken()
      return { tokens: wanted.map(listed) }
    },
    { reads: true },
  ),

  /** What createtoken takes as `apiList`. */
  gettokenapilist: forSignedIn(z.object({}), async () => ({ apiList: ALL_SCOPES }), { reads: true }),
}

const listed = (token: AccessToken): Answer => ({
  id: token.id,
  hint: token.hint,
  description: token.description,
  apiList: token.scopes,
  createdAt: token.createdAt,
  expiresAt: token.expiresAt,
  overlapUntil: token.previousUntil,
  lastUsedAt: token.lastUsedAt,
  lastAddress: token.lastAddress,
  lastAgent: token.lastBrowser,
})

const noSuchToken = () => new Failure('not_found', 'The account has no such access token.')

type Refusal =
  | Exclude<Awaited<ReturnType<typeof generateToken>>, { ok: true }>
  | Exclude<Awaited<ReturnType<typeof editToken>>, { ok: true }>

function refused(refusal: Refusal): Failure {
  switch (refusal.reason) {
    case 'too_many_tokens':
      return new Failure('too_many_tokens')
    case 'no_such_token':
      return noSuchToken()
    case 'no_scope':
    case 'expires_in_the_past':
    case 'expires_too_late':
      return choiceFailure({ ok: false, reason: refusal.reason })
    default:
      return confirmationRefused(refusal)
  }
}
