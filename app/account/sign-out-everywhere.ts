import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { heldFor } from '../lib/held-tokens.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'

export type SignOutEverywhereStore = {
  /** Closes every door of the account at once. False when the session is over already, which closes nothing. */
  signOutEverywhere(of: {
    accountId: number
    sessionId: string
    /** The one browser that stays known. */
    knownBrowser: string | undefined
    at: Date
    events: SecurityEvent[]
    /** Written where the access tokens were not frozen already. */
    frozen: SecurityEvent
  }): Promise<boolean>
}

export type SignOutEverywhereDeps = { panic: SignOutEverywhereStore; now(): Date }

/**
 * Ends all sessions, this one too, sign-ins half done and changes of the email address under way; forgets trusted and
 * known browsers; freezes access tokens. Asks for nothing: it only closes doors. The browser it is done from stays known
 * (`knownTokens` are what it holds), so that its owner is told of the next that is not.
 */
export function signOutEverywhere(
  { panic, now }: SignOutEverywhereDeps,
  { session: { id: sessionId }, account: { id: accountId } }: SignedIn,
  knownTokens: string[],
  origin: Origin,
): Promise<boolean> {
  const at = now()
  const held = heldFor(knownTokens, accountId)
  return panic.signOutEverywhere({
    accountId,
    sessionId,
    knownBrowser: held && hashToken(held),
    at,
    events: [securityEvent('signed_out_everywhere', accountId, origin, at)],
    frozen: securityEvent('tokens_frozen', accountId, origin, at),
  })
}
