import { heldFor } from '../lib/held-tokens.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeId, newId, newToken } from '../lib/tokens.ts'
import { type SecurityEvent, securityEvent } from './security-events.ts'

const THIRTY_DAYS = 30 * 24 * 60 * 60_000

/** As stored. Alive only as long as the account's security version is the one it was trusted under. */
export type TrustedBrowser = Origin &
  Readonly<{
    id: string
    tokenHash: string
    accountId: number
    securityVersion: number
    trustedAt: Date
    lastUsedAt: Date | null
    expiresAt: Date
  }>

/** A browser that is trusted from now on. `replaces` is the hash of its previous token, if it had one. */
export type Trust = { browser: TrustedBrowser; replaces: string | undefined }

/** One use of a token: the next replaces it, so of two copies one is asked for the code. */
export type TrustUse = Origin & {
  accountId: number
  securityVersion: number
  fromHash: string
  toHash: string
  now: Date
}

export type ListedBrowser = Pick<
  TrustedBrowser,
  'id' | 'address' | 'browser' | 'system' | 'trustedAt' | 'lastUsedAt' | 'expiresAt'
>

export type TrustedBrowserStore = {
  /** Forgets those of `ids` that are the account's, with one event each. Returns their ids. */
  forgetBrowsers(accountId: number, ids: string[], event: (id: string) => SecurityEvent): Promise<string[]>
}

export type TrustedBrowsersDeps = { trustedBrowsers: TrustedBrowserStore; now(): Date }

type Account = { accountId: number; securityVersion: number }

/** "Don't ask on this browser for 30 days", from now on. Use doesn't prolong them. */
export function newTrust(held: string[], account: Account, origin: Origin, now: Date): { token: string; trust: Trust } {
  const token = newToken(account.accountId)
  const before = heldFor(held, account.accountId)
  const browser = {
    id: newId(),
    tokenHash: hashToken(token),
    ...account,
    trustedAt: now,
    lastUsedAt: null,
    expiresAt: new Date(now.getTime() + THIRTY_DAYS),
    ...origin,
  }
  return { token, trust: { browser, replaces: before && hashToken(before) } }
}

/** Undefined if the browser holds nothing for the account. Only the store can say whether it works. */
export function trustUse(
  held: string[],
  account: Account,
  origin: Origin,
  now: Date,
): { token: string; use: TrustUse } | undefined {
  const before = heldFor(held, account.accountId)
  if (!before) return undefined
  const token = newToken(account.accountId)
  return { token, use: { ...account, ...origin, fromHash: hashToken(before), toHash: hashToken(token), now } }
}

/** "Forget". Returns the forgotten ids. Another account's ids and unknown ones aren't among them. */
export const forgetBrowsers = (
  { trustedBrowsers, now }: TrustedBrowsersDeps,
  accountId: number,
  ids: string[],
  origin: Origin,
): Promise<string[]> =>
  trustedBrowsers.forgetBrowsers(accountId, ids.filter(looksLikeId), (id) =>
    securityEvent('browser_forgotten', accountId, origin, now(), null, { subject: id }),
  )
