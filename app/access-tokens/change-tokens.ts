import { type ConfirmPasswordResult, confirmPassword } from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type EventKind, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { nextEndMail } from '../lib/end-mails.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeId, newId } from '../lib/tokens.ts'
import {
  type AccessToken,
  type AccessTokenDeps,
  appsSeenBy,
  listed,
  type StoredToken,
  type TokenChange,
  type TokensVisitor,
} from './access-tokens.ts'
import { ALL_SCOPES, isAppScope, type Scope, scopesIn } from './scopes.ts'
import { hintOf, newAccessToken } from './token.ts'

const DAY = 24 * 60 * 60_000
export const USUAL_LIFE_IN_DAYS = 90
export const LONGEST_LIFE_IN_DAYS = 366
/** How long the old value works after a regeneration, if its owner chose that: long enough to install the new one. */
export const OVERLAP = DAY
export const TOKENS_AT_MOST = 50 // per account

/** What its owner chooses. `expiresAt` null means never, if the operator allows it. */
export type TokenChoices = { description: string; scopes: Scope[]; expiresAt: Date | null }

type Refused = Exclude<ConfirmPasswordResult, { ok: true }>
export type ChoiceRefused = { ok: false; reason: 'expires_too_late' | 'expires_in_the_past' | 'no_scope' }
export type NotTheirs = { ok: false; reason: 'no_such_app' }

/** What is known of the apps that somebody may open. A door that brings none has no scopes of apps. */
type Choosing = SignedIn & Partial<Pick<TokensVisitor, 'apps' | 'tokens'>>

/** Undefined if the choices are fine. */
export function choicesRefused(
  deps: AccessTokenDeps,
  { scopes, expiresAt }: Omit<TokenChoices, 'description'>,
): ChoiceRefused | undefined {
  if (scopes.length === 0) return { ok: false, reason: 'no_scope' }
  if (expiresAt === null) return deps.allowEndlessTokens ? undefined : { ok: false, reason: 'expires_too_late' }
  const days = (expiresAt.getTime() - deps.now().getTime()) / DAY
  if (days <= 0) return { ok: false, reason: 'expires_in_the_past' }
  return days > LONGEST_LIFE_IN_DAYS ? { ok: false, reason: 'expires_too_late' } : undefined
}

/** A new token. Its value is only in the answer. */
export async function generateToken(
  deps: AccessTokenDeps,
  visitor: Choosing,
  { password, ...choices }: TokenChoices & { password: string },
  origin: Origin,
): Promise<
  | { ok: true; value: string; token: AccessToken }
  | (Refused | ChoiceRefused | NotTheirs)
  | { ok: false; reason: 'too_many_tokens' }
> {
  const refused = choicesRefused(deps, choices) ?? appRefused(deps, visitor, choices.scopes)
  if (refused) return refused
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const value = newAccessToken()
  const token: StoredToken = {
    id: newId(),
    accountId: visitor.account.id,
    tokenHash: hashToken(value),
    hint: hintOf(value),
    description: choices.description,
    scopes: choices.scopes.join(' '),
    createdAt: deps.now(),
    expiresAt: choices.expiresAt,
    previousHash: null,
    previousUntil: null,
    lastUsedAt: null,
    lastAddress: null,
    lastBrowser: null,
    lastSystem: null,
    endMailAt: nextEndMail(choices.expiresAt, deps.now()),
  }
  const made = await deps.accessTokens.insertToken({
    token,
    atMost: TOKENS_AT_MOST,
    ...change(deps, visitor, 'token_generated', origin, confirmed, token.id),
  })
  return made ? { ok: true, value, token: listed(token) } : { ok: false, reason: 'too_many_tokens' }
}

/** A scope of an app is for who may open it. One that the token `id` has may stay: it opens no more than its owner. */
function appRefused(
  deps: AccessTokenDeps,
  { apps = [], tokens = [] }: Choosing,
  scopes: readonly Scope[],
  id?: string,
): NotTheirs | undefined {
  const open = appsSeenBy({ apps }, deps.now()).map(({ scope }) => scope)
  const had = tokens.filter((token) => token.id === id).flatMap((token) => scopesIn(token.scopes))
  const isTheirs = (scope: Scope) => !isAppScope(scope) || open.includes(scope) || had.includes(scope)
  return scopes.every(isTheirs) ? undefined : { ok: false, reason: 'no_such_app' }
}

type Missing = { ok: false; reason: 'no_such_token' }

export async function editToken(
  deps: AccessTokenDeps,
  visitor: Choosing,
  { id, password, ...choices }: TokenChoices & { id: string; password: string },
  origin: Origin,
): Promise<{ ok: true } | Refused | ChoiceRefused | NotTheirs | Missing> {
  const refused = choicesRefused(deps, choices) ?? appRefused(deps, visitor, choices.scopes, id)
  if (refused) return refused
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const edited = await deps.accessTokens.editToken({
    accountId: visitor.account.id,
    id,
    description: choices.description,
    scopes: choices.scopes.join(' '),
    expiresAt: choices.expiresAt,
    endMailAt: nextEndMail(choices.expiresAt, deps.now()),
    ...change(deps, visitor, 'token_edited', origin, confirmed),
  })
  return edited ? { ok: true } : { ok: false, reason: 'no_such_token' }
}

/** A new value for a token. With `overlap` the old one works for another day, otherwise it is dead at once. */
export async function regenerateToken(
  deps: AccessTokenDeps,
  visitor: SignedIn,
  { id, password, expiresAt, overlap }: { id: string; password: string; expiresAt: Date | null; overlap: boolean },
  origin: Origin,
): Promise<{ ok: true; value: string; token: AccessToken } | Refused | ChoiceRefused | Missing> {
  const refused = choicesRefused(deps, { scopes: ALL_SCOPES, expiresAt })
  if (refused) return refused
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const old = (await deps.accessTokens.tokensOf(visitor.account.id)).find((token) => token.id === id)
  if (!old) return { ok: false, reason: 'no_such_token' }
  const value = newAccessToken()
  const until = new Date(deps.now().getTime() + OVERLAP)
  const previousUntil = overlap ? (old.expiresAt && old.expiresAt < until ? old.expiresAt : until) : null
  const renewed = { hint: hintOf(value), expiresAt, previousUntil }
  const regenerated = await deps.accessTokens.regenerateToken({
    accountId: visitor.account.id,
    id,
    fromHash: old.tokenHash,
    toHash: hashToken(value),
    ...renewed,
    endMailAt: nextEndMail(expiresAt, deps.now()),
    ...change(deps, visitor, 'token_regenerated', origin, confirmed, id),
  })
  return regenerated
    ? { ok: true, value, token: listed({ ...old, ...renewed }) }
    : { ok: false, reason: 'no_such_token' }
}

/** The ids that were removed. Another account's ids and unknown ones aren't among them. */
export async function removeTokens(
  deps: AccessTokenDeps,
  visitor: SignedIn,
  { ids, password }: { ids: string[]; password: string },
  origin: Origin,
): Promise<{ ok: true; removed: string[] } | Refused> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { id: accountId } = visitor.account
  const event = () => securityEvent('token_removed', accountId, origin, deps.now())
  const { forgiven } = confirmed
  const known = ids.filter(looksLikeId)
  return { ok: true, removed: await deps.accessTokens.removeTokens({ accountId, ids: known, event, forgiven }) }
}

/** "Allow my access tokens again". Fine as well when another window did it already. */
export async function releaseTokens(
  deps: AccessTokenDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<{ ok: true } | Refused | { ok: false; reason: 'changed' }> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { id: accountId, securityVersion } = visitor.account
  const released = await deps.accessTokens.releaseTokens({
    accountId,
    securityVersion,
    ...change(deps, visitor, 'tokens_released', origin, confirmed),
  })
  const since = released ? null : await deps.accessTokens.tokensFrozenSince(accountId)
  return since ? { ok: false, reason: 'changed' } : { ok: true }
}

const change = (
  deps: AccessTokenDeps,
  visitor: SignedIn,
  kind: EventKind,
  origin: Origin,
  { forgiven }: { forgiven: Forgiven },
  subject: string | null = null,
): TokenChange => ({
  event: securityEvent(kind, visitor.account.id, origin, deps.now(), null, { subject }),
  forgiven,
})
