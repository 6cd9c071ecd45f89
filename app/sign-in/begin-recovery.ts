import { recoveriesOver } from '../identity/recovery.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { hasEnded } from '../identity/standing.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import { linkPayload, type MailLink } from '../mail/links.ts'
import { type RecoveringOwner, stageOf } from './lost-everything.ts'

/** Somebody who waits. */
type Recovery = Origin & { accountId: number; begunAt: Date; opensAt: Date; mailAt: Date }

export type BeginRecoveryStore = {
  findLink(tokenHash: string, purpose: 'lost_everything', now: Date): Promise<MailLink | undefined>
  recoveringOwner(accountId: number): Promise<RecoveringOwner | undefined>
  /** False if the link was used, somebody waits already, or the account changed since `securityVersion`. */
  beginRecovery(of: {
    securityVersion: number
    tokenHash: string
    recovery: Recovery
    now: Date
    over: Date
    event: SecurityEvent
  }): Promise<boolean>
}

export type BeginRecoveryDeps = {
  recoveries: BeginRecoveryStore
  vault: Vault
  /** Milliseconds. */
  recoveryDelay: number
  now(): Date
}

/** What the link in the mail begins, while it works. Looking doesn't use it up. */
export async function recoveryBehind(
  { recoveries, vault, now }: BeginRecoveryDeps,
  token: string,
): Promise<{ accountId: number; securityVersion: number; email: string } | undefined> {
  const at = now()
  const link = await recoveries.findLink(hashToken(token), 'lost_everything', at)
  const { securityVersion } = (link && linkPayload(vault, link)) ?? {}
  if (!link || typeof securityVersion !== 'number') return undefined
  const owner = await recoveries.recoveringOwner(link.accountId)
  const isOffered = owner && !owner.suspendedAt && !hasEnded(owner, at) && stageOf(owner, at).is === 'offered'
  return isOffered ? { accountId: link.accountId, securityVersion, email: owner.email } : undefined
}

/** Uses the link up, and the wait begins. From now on the account's access tokens are closed, and its owner hears of it every day. */
export async function beginRecovery(
  deps: BeginRecoveryDeps,
  token: string,
  origin: Origin,
): Promise<{ ok: true } | { ok: false; reason: 'gone' }> {
  const found = await recoveryBehind(deps, token)
  if (!found) return { ok: false, reason: 'gone' }
  const { accountId, securityVersion } = found
  const now = deps.now()
  const opensAt = new Date(now.getTime() + deps.recoveryDelay)
  const begun = await deps.recoveries.beginRecovery({
    securityVersion,
    tokenHash: hashToken(token),
    recovery: { accountId, begunAt: now, opensAt, mailAt: now, ...origin },
    now,
    over: recoveriesOver(now),
    event: securityEvent('recovery_begun', accountId, origin, now),
  })
  return begun ? { ok: true } : { ok: false, reason: 'gone' }
}
