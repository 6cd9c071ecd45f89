import { type ConfirmPasswordDeps, type ConfirmPasswordResult, confirmPassword } from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type EventKind, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type Session, type SessionDeps, sessionFound } from '../identity/session.ts'
import { tokenClosed } from '../identity/standing.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeId, newId } from '../lib/tokens.ts'
import { ALL_SCOPES, type Scope } from './scopes.ts'
import { hintOf, isAccessToken, newAccessToken } from './token.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
export const USUAL_LIFE_IN_DAYS = 90
export const LONGEST_LIFE_IN_DAYS = 366
/** How long the old value works after a regeneration, if its owner chose that: long enough to install the new one. */
export const OVERLAP = DAY
export const TOKENS_AT_MOST = 50 // per account

/** As stored. `scopes` are separated by spaces. */
export type StoredToken = Readonly<{
  id: string
  accountId: number
  tokenHash: string
  hint: string
  description: string
  scopes: string
  createdAt: Date
  expiresAt: Date | null
  previousHash: string | null
  previousUntil: Date | null
  lastUsedAt: Date | null
  lastAddress: string | null
  lastBrowser: string | null
  lastSystem: string | null
}>

/** As listed: of its value only the hint. */
export type AccessToken = Omit<StoredToken, 'accountId' | 'tokenHash' | 'previousHash' | 'scopes'> & { scopes: Scope[] }

/** What its owner chooses. `expiresAt` null means never, if the operator allows it. */
export type TokenChoices = { description: string; scopes: Scope[]; expiresAt: Date | null }

/** Whom a token speaks for, and how far. */
export type TokenHolder = {
  tokenId: string
  accountId: number
  uid: number
  email: string
  hasSecondFactor: boolean
  scopes: Scope[]
}

/** A token as it is found by its value: what decides whether it opens anything, and for whom. */
export type FoundToken = Pick<
  StoredToken,
  'id' | 'accountId' | 'tokenHash' | 'scopes' | 'expiresAt' | 'previousUntil' | 'lastUsedAt'
> & { uid: number; email: string; suspendedAt: Date | null; frozenAt: Date | null; hasSecondFactor: boolean }

/** Who looks, and the account's tokens, the newest first. */
export type TokensViewer = Session & { tokens: readonly StoredToken[] }

type Change = { event: SecurityEvent; forgiven: Forgiven }
export type AccessTokenStore = {
  tokensOf(accountId: number): Promise<StoredToken[]>
  viewerWithTokens(tokenHash: string): Promise<TokensViewer | undefined>
  /** False when the account has `atMost` tokens already. */
  insertToken(of: Change & { token: StoredToken; atMost: number }): Promise<boolean>
  editToken(
    of: Change & { accountId: number; id: string; description: string; scopes: string; expiresAt: Date | null },
  ): Promise<boolean>
  regenerateToken(
    of: Change & {
      accountId: number
      id: string
      fromHash: string
      toHash: string
      hint: string
      expiresAt: Date | null
      previousUntil: Date | null
    },
  ): Promise<boolean>
  /** The ids that were the account's. */
  removeTokens(of: {
    accountId: number
    ids: string[]
    event: () => SecurityEvent
    forgiven: Forgiven
  }): Promise<string[]>
  /** One prepared read. */
  findToken(tokenHash: string): Promise<FoundToken | undefined>
  tokenUsed(id: string, at: Date, origin: Origin): Promise<void>
  tokensFrozenSince(accountId: number): Promise<Date | null>
  /** False when they are not frozen, or the account changed since `securityVersion` was read. */
  releaseTokens(of: Change & { accountId: number; securityVersion: number }): Promise<boolean>
}

export type AccessTokenDeps = ConfirmPasswordDeps & { accessTokens: AccessTokenStore; allowEndlessTokens: boolean }

type Refused = Exclude<ConfirmPasswordResult, { ok: true }>
export type ChoiceRefused = { ok: false; reason: 'expires_too_late' | 'expires_in_the_past' | 'no_scope' }

export async function listTokens({ accessTokens }: AccessTokenDeps, accountId: number): Promise<AccessToken[]> {
  return (await accessTokens.tokensOf(accountId)).map(listed)
}

export const tokensViewer = (deps: AccessTokenDeps & SessionDeps, token: string): Promise<TokensViewer | undefined> =>
  sessionFound(deps, token, deps.accessTokens.viewerWithTokens)

export const tokensSeenBy = ({ tokens }: TokensViewer): AccessToken[] => tokens.map(listed)

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
  session: Session,
  { password, ...choices }: TokenChoices & { password: string },
  origin: Origin,
): Promise<
  { ok: true; value: string; token: AccessToken } | Refused | ChoiceRefused | { ok: false; reason: 'too_many_tokens' }
> {
  const refused = choicesRefused(deps, choices)
  if (refused) return refused
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const value = newAccessToken()
  const token: StoredToken = {
    id: newId(),
    accountId: session.accountId,
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
  }
  const made = await deps.accessTokens.insertToken({
    token,
    atMost: TOKENS_AT_MOST,
    ...change(deps, session, 'token_generated', origin, confirmed, token.id),
  })
  return made ? { ok: true, value, token: listed(token) } : { ok: false, reason: 'too_many_tokens' }
}

type Missing = { ok: false; reason: 'no_such_token' }

export async function editToken(
  deps: AccessTokenDeps,
  session: Session,
  { id, password, ...choices }: TokenChoices & { id: string; password: string },
  origin: Origin,
): Promise<{ ok: true } | Refused | ChoiceRefused | Missing> {
  const refused = choicesRefused(deps, choices)
  if (refused) return refused
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const edited = await deps.accessTokens.editToken({
    accountId: session.accountId,
    id,
    description: choices.description,
    scopes: choices.scopes.join(' '),
    expiresAt: choices.expiresAt,
    ...change(deps, session, 'token_edited', origin, confirmed),
  })
  return edited ? { ok: true } : { ok: false, reason: 'no_such_token' }
}

/** A new value for a token. With `overlap` the old one works for another day, otherwise it is dead at once. */
export async function regenerateToken(
  deps: AccessTokenDeps,
  session: Session,
  { id, password, expiresAt, overlap }: { id: string; password: string; expiresAt: Date | null; overlap: boolean },
  origin: Origin,
): Promise<{ ok: true; value: string } | Refused | ChoiceRefused | Missing> {
  const refused = choicesRefused(deps, { scopes: ALL_SCOPES, expiresAt })
  if (refused) return refused
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const old = (await deps.accessTokens.tokensOf(session.accountId)).find((token) => token.id === id)
  if (!old) return { ok: false, reason: 'no_such_token' }
  const value = newAccessToken()
  const until = new Date(deps.now().getTime() + OVERLAP)
  const regenerated = await deps.accessTokens.regenerateToken({
    accountId: session.accountId,
    id,
    fromHash: old.tokenHash,
    toHash: hashToken(value),
    hint: hintOf(value),
    expiresAt,
    previousUntil: overlap ? (old.expiresAt && old.expiresAt < until ? old.expiresAt : until) : null,
    ...change(deps, session, 'token_regenerated', origin, confirmed, id),
  })
  return regenerated ? { ok: true, value } : { ok: false, reason: 'no_such_token' }
}

/** The ids that were removed. Another account's ids and unknown ones aren't among them. */
export async function removeTokens(
  deps: AccessTokenDeps,
  session: Session,
  { ids, password }: { ids: string[]; password: string },
  origin: Origin,
): Promise<{ ok: true; removed: string[] } | Refused> {
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const { accountId } = session
  const event = () => securityEvent('token_removed', accountId, origin, deps.now())
  const { forgiven } = confirmed
  const known = ids.filter(looksLikeId)
  return { ok: true, removed: await deps.accessTokens.removeTokens({ accountId, ids: known, event, forgiven }) }
}

/** Since when the account's tokens open nothing, after somebody reported "This was not me"; null when they work. */
export const tokensFrozenSince = ({ accessTokens }: AccessTokenDeps, accountId: number): Promise<Date | null> =>
  accessTokens.tokensFrozenSince(accountId)

/** "Allow my access tokens again". True as well when another window did it already. */
export async function releaseTokens(
  deps: AccessTokenDeps,
  session: Session,
  password: string,
  origin: Origin,
): Promise<{ ok: true } | Refused | { ok: false; reason: 'changed' }> {
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const { accountId, securityVersion } = session
  const released = await deps.accessTokens.releaseTokens({
    accountId,
    securityVersion,
    ...change(deps, session, 'tokens_released', origin, confirmed),
  })
  return released || !(await tokensFrozenSince(deps, accountId)) ? { ok: true } : { ok: false, reason: 'changed' }
}

/** Whom a token speaks for, or undefined when it opens nothing. Its checksum is looked at before the database is. */
export async function tokenHolder(
  deps: AccessTokenDeps,
  value: string,
  origin: Origin,
): Promise<TokenHolder | undefined> {
  if (!isAccessToken(value)) return undefined
  const hash = hashToken(value)
  const found = await deps.accessTokens.findToken(hash)
  if (!found) return undefined
  const isPrevious = found.tokenHash !== hash
  if (isPrevious && !found.previousUntil) return undefined
  if (tokenClosed(deps, { ...found, valueUntil: isPrevious ? found.previousUntil : null })) return undefined
  const now = deps.now()
  if (!found.lastUsedAt || now.getTime() - found.lastUsedAt.getTime() >= MINUTE)
    await deps.accessTokens.tokenUsed(found.id, now, origin)
  const { id: tokenId, accountId, uid, email, hasSecondFactor } = found
  return { tokenId, accountId, uid, email, hasSecondFactor, scopes: scopesIn(found.scopes) }
}

const change = (
  deps: AccessTokenDeps,
  session: Session,
  kind: EventKind,
  origin: Origin,
  { forgiven }: { forgiven: Forgiven },
  subject: string | null = null,
): Change => ({
  event: securityEvent(kind, session.accountId, origin, deps.now(), null, { subject }),
  forgiven,
})

function listed({
  accountId: _account,
  tokenHash: _hash,
  previousHash: _previous,
  scopes,
  ...token
}: StoredToken): AccessToken {
  return { ...token, scopes: scopesIn(scopes) }
}

/** As stored, separated by spaces. What this version does not know opens nothing. */
const scopesIn = (stored: string): Scope[] =>
  stored.split(' ').filter((scope): scope is Scope => ALL_SCOPES.some((known) => known === scope))
