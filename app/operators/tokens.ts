import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Acting } from './acting.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

/** Never its value, and nothing to know it by. */
export type ListedToken = Readonly<{
  id: string
  email: string
  description: string
  scopes: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}>

export type TokenListStore = {
  /** In the order of ids, after `after`; of one account or of all. */
  tokensAfter(of: { accountId: number | undefined; after: string; atMost: number }): Promise<ListedToken[]>
  tokenById(id: string): Promise<{ accountId: number; email: string; description: string } | undefined>
  /** False if it's gone. */
  revokeToken(of: { id: string; event: SecurityEvent }): Promise<boolean>
}

export type TokensDeps = OwnerDeps & { tokenLists: TokenListStore; now(): Date }

const PER_PAGE = 100

export type TokenPage =
  | { ok: true; tokens: ListedToken[]; next: string | undefined }
  | { ok: false; reason: 'no_such_account' }

export async function listTokens(
  deps: TokensDeps,
  { account, after = '' }: { account?: string | undefined; after?: string | undefined },
): Promise<TokenPage> {
  const owner = account === undefined ? undefined : await ownerNamed(deps, account)
  if (account !== undefined && !owner) return { ok: false, reason: 'no_such_account' }
  const found = await deps.tokenLists.tokensAfter({ accountId: owner?.id, after, atMost: PER_PAGE + 1 })
  const tokens = found.slice(0, PER_PAGE)
  return { ok: true, tokens, next: found.length > PER_PAGE ? tokens.at(-1)?.id : undefined }
}

/** A token by the id that the list shows. */
export const tokenById = ({ tokenLists }: TokensDeps, id: string) => tokenLists.tokenById(id)

/** From then on, it opens nothing. False if there is no such token. */
export async function revokeToken(deps: TokensDeps, id: string, by: Acting): Promise<boolean> {
  const token = await deps.tokenLists.tokenById(id)
  if (!token) return false
  const about = { by, subject: id, noticed: true }
  const event = securityEvent('token_removed', token.accountId, by.origin, deps.now(), null, about)
  return deps.tokenLists.revokeToken({ id, event })
}
