import { openOnce, sealOnce } from '../identity/shown-once.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { hashToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import type { AccessToken, AccessTokenDeps, TokensVisitor } from './access-tokens.ts'
import { isAccessToken } from './token.ts'

export type ShownTokenDeps = AccessTokenDeps & { vault: Vault }

/** What the page shows beside the value. */
export type ShownToken = { value: string } & Pick<AccessToken, 'description' | 'expiresAt'>

/** A new token's value, sealed for this session, which the browser brings to the page that shows it. */
export const sealValue = (deps: ShownTokenDeps, visitor: SignedIn, value: string): string =>
  sealOnce(deps, 'access-token-once', visitor, value)

/** The live token in a text that `sealValue` gave this session within two minutes; undefined for anything else. */
export function openValue(deps: ShownTokenDeps, visitor: TokensVisitor, sealed: string): ShownToken | undefined {
  const value = openOnce(deps, 'access-token-once', visitor, sealed)
  return value === undefined ? undefined : ownToken(deps, visitor, value)
}

/** The account's own live token with this value; undefined for anything else. Looking at one doesn't use it. */
export function ownToken({ now }: ShownTokenDeps, { tokens }: TokensVisitor, value: string): ShownToken | undefined {
  if (!isAccessToken(value)) return undefined
  const hash = hashToken(value)
  const found = tokens.find(({ tokenHash }) => tokenHash === hash)
  if (!found || (found.expiresAt && now() >= found.expiresAt)) return undefined
  return { value, description: found.description, expiresAt: found.expiresAt }
}
