import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import type { MailLink } from '../mail/links.ts'

type Planned = { email: string; deleteAt: Date }

export type KeepAccountStore = {
  findLink(tokenHash: string, purpose: 'keep_account', now: Date): Promise<MailLink | undefined>
  /** Undefined if the account is gone, or isn't to be deleted. */
  deletionOf(accountId: number): Promise<Planned | undefined>
  /** Uses the link up. False if it was used, or the account is gone or stays already. */
  undoDeletion(of: { accountId: number; tokenHash: string; now: Date; event: SecurityEvent }): Promise<boolean>
}

export type KeepAccountDeps = { deletions: KeepAccountStore; now(): Date }

/** What a link takes back, while it works. Looking doesn't use it up. */
export async function deletionBehind(
  { deletions, now }: KeepAccountDeps,
  token: string,
): Promise<(Planned & { accountId: number }) | undefined> {
  const link = await deletions.findLink(hashToken(token), 'keep_account', now())
  const planned = link && (await deletions.deletionOf(link.accountId))
  return planned && { ...planned, accountId: link.accountId }
}

/** The account stays. Signs nobody in. False if the link doesn't work, or no longer does. */
export async function keepAccount(deps: KeepAccountDeps, token: string, origin: Origin): Promise<boolean> {
  const planned = await deletionBehind(deps, token)
  if (!planned) return false
  const { accountId } = planned
  const now = deps.now()
  const event = securityEvent('deletion_undone', accountId, origin, now)
  return deps.deletions.undoDeletion({ accountId, tokenHash: hashToken(token), now, event })
}
