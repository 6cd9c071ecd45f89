import type { SignedIn } from '../identity/visitor.ts'
import { hashToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import type { AccessToken, AccessTokenDeps, TokensVisitor } from './access-tokens.ts'
import { isAccessToken } from './token.ts'

const TWO_MINUTES = 2 * 60_000 // far more than a browser needs to follow a redirect

export type ShownTokenDeps = AccessTokenDeps & { vault: Vault }

/** What the page shows beside the value. */
export type ShownToken = { value: string } & Pick<AccessToken, 'description' | 'expiresAt'>

/** A new token's value, sealed for this session, which the browser brings to the page that shows it. */
export function sealValue({ vault, now }: ShownTokenDeps, visitor: SignedIn, value: string): string {
  const until = now().getTime() + TWO_MINUTES
  return vault.seal('access-token-once', placeOf(visitor), new TextEncoder().encode(JSON.stringify({ value, until })))
}

/** The live token in a text that `sealValue` gave this session within two minutes; undefined for anything else. */
export function openValue(deps: ShownTokenDeps, visitor: TokensVisitor, sealed: string): ShownToken | undefined {
  const opened = deps.vault.open('access-token-once', placeOf(visitor), sealed)
  if (!opened) return undefined
  const { value, until } = JSON.parse(new TextDecoder().decode(opened)) as { value: string; until: number }
  return deps.now().getTime() < until ? ownToken(deps, visitor, value) : undefined
}

/** The account's own live token with this value; undefined for anything else. Looking at one doesn't use it. */
export function ownToken({ now }: ShownTokenDeps, { tokens }: TokensVisitor, value: string): ShownToken | undefined {
  if (!isAccessToken(value)) return undefined
  const hash = hashToken(value)
  const found = tokens.find(({ tokenHash }) => tokenHash === hash)
  if (!found || (found.expiresAt && now() >= found.expiresAt)) return undefined
  return { value, description: found.description, expiresAt: found.expiresAt }
}

const placeOf = ({ session }: SignedIn) => `sessions ${session.id}`
