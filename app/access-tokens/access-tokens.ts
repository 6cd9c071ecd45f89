import type { ConfirmPasswordDeps } from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import type { SecurityEvent } from '../identity/security-events.ts'
import { tokenClosed } from '../identity/standing.ts'
import type { Find, SignedIn, Token, TokenHolder } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import { type AppScope, type Scope, scopesIn } from './scopes.ts'
import { isAccessToken } from './token.ts'

const MINUTE = 60_000

export type StoredToken = Token &
  Readonly<{
    accountId: number
    hint: string
    description: string
    createdAt: Date
    previousHash: string | null
    lastAddress: string | null
    lastBrowser: string | null
    lastSystem: string | null
    /** When a mail about its end is due. A new end has mails of its own. */
    endMailAt: Date | null
  }>

/** As listed: of its value only the hint. */
export type AccessToken = Omit<StoredToken, 'accountId' | 'tokenHash' | 'previousHash' | 'endMailAt' | 'scopes'> & {
  scopes: Scope[]
}

/** An app that takes tokens and is open to a group of the account, until it leaves that. */
export type OpenApp = Readonly<{ name: string; title: string; until: Date | null }>

/** Who looks, the account's tokens, the newest first, and the apps that a token can be for. */
export type TokensVisitor = SignedIn & { tokens: readonly StoredToken[]; apps: readonly OpenApp[] }

export type TokenChange = { event: SecurityEvent; forgiven: Forgiven }
type Ending = Pick<StoredToken, 'expiresAt' | 'endMailAt'>
export type AccessTokenStore = {
  tokensOf(accountId: number): Promise<StoredToken[]>
  visitorWithTokens: Find<TokensVisitor>
  /** False when the account has `atMost` tokens already. */
  insertToken(of: TokenChange & { token: StoredToken; atMost: number }): Promise<boolean>
  editToken(
    of: TokenChange & { accountId: number; id: string; description: string; scopes: string } & Ending,
  ): Promise<boolean>
  regenerateToken(
    of: TokenChange & {
      accountId: number
      id: string
      fromHash: string
      toHash: string
      hint: string
      previousUntil: Date | null
    } & Ending,
  ): Promise<boolean>
  /** The ids that were the account's. */
  removeTokens(of: {
    accountId: number
    ids: string[]
    event: () => SecurityEvent
    forgiven: Forgiven
  }): Promise<string[]>
  findToken: Find<TokenHolder>
  tokenUsed(id: string, at: Date, origin: Origin): Promise<void>
  tokensFrozenSince(accountId: number): Promise<Date | null>
  /** False when they are not frozen, or the account changed since `securityVersion` was read. */
  releaseTokens(of: TokenChange & { accountId: number; securityVersion: number }): Promise<boolean>
}

export type AccessTokenDeps = ConfirmPasswordDeps & { accessTokens: AccessTokenStore; allowEndlessTokens: boolean }

export const tokensView = ({ accessTokens }: AccessTokenDeps): Find<TokensVisitor> => accessTokens.visitorWithTokens

export const tokensSeenBy = ({ tokens }: TokensVisitor): AccessToken[] => tokens.map(listed)

/** The apps that a token of the account can be for, each once. */
export function appsSeenBy({ apps }: Pick<TokensVisitor, 'apps'>, now: Date): { scope: AppScope; title: string }[] {
  const open = apps.filter(({ until }) => !until || until > now)
  const byScope = new Map(open.map(({ name, title }) => [`app:${name}` as const, title]))
  return [...byScope].map(([scope, title]) => ({ scope, title }))
}

/** Whom a token speaks for, or undefined when it opens nothing. Its checksum is looked at before the database is. */
export async function tokenHolder<Found extends TokenHolder>(
  deps: AccessTokenDeps,
  value: string,
  origin: Origin,
  find: Find<Found>,
): Promise<Found | undefined> {
  if (!isAccessToken(value)) return undefined
  const hash = hashToken(value)
  const holder = await find(hash)
  if (!holder) return undefined
  const { token } = holder
  const isPrevious = token.tokenHash !== hash
  if (isPrevious && !token.previousUntil) return undefined
  if (tokenClosed(deps, holder, isPrevious ? token.previousUntil : null)) return undefined
  const now = deps.now()
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() >= MINUTE)
    await deps.accessTokens.tokenUsed(token.id, now, origin)
  return holder
}

/** A stored token as it is listed. */
export function listed({
  accountId: _account,
  tokenHash: _hash,
  previousHash: _previous,
  endMailAt: _mailed,
  scopes,
  ...token
}: StoredToken): AccessToken {
  return { ...token, scopes: scopesIn(scopes) }
}
