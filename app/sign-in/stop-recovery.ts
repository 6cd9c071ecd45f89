import { recoveriesOver, recoveryAt } from '../identity/recovery.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import type { MailLink } from '../mail/links.ts'

export type StopRecoveryStore = {
  findLink(tokenHash: string, purpose: 'stop_recovery', now: Date): Promise<MailLink | undefined>
  recoveringOwner(accountId: number): Promise<{ email: string; recoveryOpensAt: Date | null } | undefined>
  /** With the session that it may have opened. False if there is nothing to stop, or the link of that token was used. */
  stopRecovery(of: {
    accountId: number
    tokenHash: string | undefined
    now: Date
    over: Date
    event: SecurityEvent
  }): Promise<boolean>
}

export type StopRecoveryDeps = { recoveries: StopRecoveryStore; now(): Date }

/** What the link in a mail stops, while there is anything. Looking changes nothing. */
export async function stoppableBehind(
  { recoveries, now }: StopRecoveryDeps,
  token: string,
): Promise<{ accountId: number; email: string } | undefined> {
  const at = now()
  const link = await recoveries.findLink(hashToken(token), 'stop_recovery', at)
  const owner = link && (await recoveries.recoveringOwner(link.accountId))
  return owner && recoveryAt(owner.recoveryOpensAt, at) ? { accountId: link.accountId, email: owner.email } : undefined
}

/** The button behind the link. */
export async function stopByLink(deps: StopRecoveryDeps, token: string, origin: Origin): Promise<boolean> {
  const found = await stoppableBehind(deps, token)
  return found !== undefined && stop(deps, { accountId: found.accountId, tokenHash: hashToken(token) }, origin)
}

/** The button on every page of somebody who is signed in. */
export const stopRecovery = (deps: StopRecoveryDeps, { account }: SignedIn, origin: Origin): Promise<boolean> =>
  stop(deps, { accountId: account.id, tokenHash: undefined }, origin)

function stop(
  { recoveries, now }: StopRecoveryDeps,
  of: { accountId: number; tokenHash: string | undefined },
  origin: Origin,
): Promise<boolean> {
  const at = now()
  const event = securityEvent('recovery_stopped', of.accountId, origin, at)
  return recoveries.stopRecovery({ ...of, now: at, over: recoveriesOver(at), event })
}
