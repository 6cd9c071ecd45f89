import { z } from 'zod'
import { en } from '#views/words/en.ts'
import { tokensSeenBy, tokensView } from '../../access-tokens/access-tokens.ts'
import {
  editToken,
  generateToken,
  regenerateToken,
  removeTokens,
  USUAL_LIFE_IN_DAYS,
} from '../../access-tokens/change-tokens.ts'
import { SCOPES } from '../../access-tokens/scopes.ts'
import { descriptionField, passwordField } from '../../http/fields.ts'
import { english } from '../english.ts'
import { forSignedIn, forSignedInSeeing, type Method } from './method.ts'
import { apiList, chosen, expiresAt, id, ids, yesOrNo } from './parameters.ts'
import { choiceFailure, confirmationRefused } from './refused.ts'
import { Failure, invalidParameter } from './results.ts'
import { permissions, shownToken, templates, wantedScopes } from './token-shape.ts'

const DAY = 24 * 60 * 60_000
const usualEnd = (now: Date) => new Date(now.getTime() + USUAL_LIFE_IN_DAYS * DAY)

const description = () => descriptionField(() => ({ ...en.fields, description: 'It is required.' }))
const tokenTemplate = () => z.string().max(100).optional()
const password = () => passwordField(english)

/** `users/authentication`: access tokens, which only a session manages. */
export const tokens: Record<string, Method> = {
  createtoken: forSignedIn(
    z.object({
      password: password(),
      description: description(),
      expiresAt: expiresAt().optional(),
      apiList: apiList().optional(),
      tokenTemplate: tokenTemplate(),
    }),
    async ({ deps, origin, visitor, parameters }) => {
      const choices = {
        password: parameters.password,
        description: parameters.description,
        scopes: wantedScopes(parameters) ?? [...SCOPES],
        expiresAt: parameters.expiresAt === undefined ? usualEnd(deps.now()) : parameters.expiresAt,
      }
      const result = await generateToken(deps, visitor, choices, origin)
      if (!result.ok) throw refused(result)
      return { token: shownToken(result.token, result.value) }
    },
  ),

  /** What is left out stays as it is. */
  edittoken: forSignedInSeeing(
    tokensView,
    z.object({
      password: password(),
      id: id(),
      description: description().optional(),
      expiresAt: expiresAt().optional(),
      apiList: apiList().optional(),
      tokenTemplate: tokenTemplate(),
    }),
    async ({ deps, origin, visitor, parameters }) => {
      const token = tokensSeenBy(visitor).find((own) => own.id === parameters.id)
      if (!token) throw noSuchToken()
      const changes = {
        id: token.id,
        password: parameters.password,
        description: parameters.description ?? token.description,
        scopes: wantedScopes(parameters) ?? token.scopes,
        expiresAt: parameters.expiresAt === undefined ? token.expiresAt : parameters.expiresAt,
      }
      const result = await editToken(deps, visitor, changes, origin)
      if (!result.ok) throw refused(result)
      const { description, scopes, expiresAt } = changes
      return { token: shownToken({ ...token, description, scopes, expiresAt }) }
    },
  ),

  /** With `overlap` the old value goes on for a day. */
  regeneratetoken: forSignedIn(
    z.object({ password: password(), id: id(), expiresAt: expiresAt().optional(), overlap: yesOrNo() }),
    async ({ deps, origin, visitor, parameters }) => {
      const expiresAt = parameters.expiresAt === undefined ? usualEnd(deps.now()) : parameters.expiresAt
      const result = await regenerateToken(deps, visitor, { ...parameters, expiresAt }, origin)
      if (!result.ok) throw refused(result)
      return { token: shownToken(result.token, result.value) }
    },
  ),

  deletetokens: forSignedInSeeing(
    tokensView,
    z.object({ password: password(), ids: ids() }),
    async ({ deps, origin, visitor, parameters }) => {
      const wanted = chosen(parameters.ids, tokensSeenBy(visitor))
      const result = await removeTokens(deps, visitor, { ...parameters, ids: wanted }, origin)
      if (!result.ok) throw confirmationRefused(result)
      if (result.removed.length === 0) throw noSuchToken()
      return { ids: result.removed }
    },
  ),

  gettokens: forSignedInSeeing(
    tokensView,
    z.object({ ids: ids().optional() }),
    async ({ visitor, parameters }) => {
      const all = tokensSeenBy(visitor)
      const ids = chosen(parameters.ids ?? ['*'], all)
      const wanted = all.filter((token) => ids.includes(token.id))
      if (wanted.length === 0 && ids.length > 0) throw noSuchToken()
      return { apiTokens: wanted.map((token) => shownToken(token)) }
    },
    { reads: true },
  ),

  /** What createtoken takes as `apiList`. */
  gettokenapilist: forSignedIn(
    z.object({ search: z.string().max(100).optional() }),
    async ({ parameters }) => ({ tokenPermissions: permissions(parameters.search) }),
    { reads: true },
  ),

  /** What createtoken takes as `tokenTemplate`. */
  gettokentemplates: forSignedIn(z.object({}), async () => ({ templates: templates() }), { reads: true }),
}

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
    case 'no_such_app':
      return invalidParameter('apiList', 'It names an app that the account may not open with a token.')
    case 'no_scope':
    case 'expires_in_the_past':
    case 'expires_too_late':
      return choiceFailure({ ok: false, reason: refusal.reason })
    default:
      return confirmationRefused(refusal)
  }
}
