import { countedOf } from '../identity/limits.ts'
import { type ByOperator, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import { lookOf } from '../lib/username.ts'
import { accountDeletedMail, deletionNearMail, type MailDeps } from '../mail/account-mails.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { receivesNews } from '../mail/receivers.ts'
import { keptUntil } from './usernames.ts'

const DAY = 24 * 60 * 60_000

/** When an account goes whose owner asks for it at that moment: until then it can be taken back. */
export const deletionDue = (at: Date): Date => new Date(at.getTime() + 7 * DAY)

/** Nobody's: the event stays without a person. */
const NOWHERE: Origin = { address: '', browser: '', system: null }

/** An account that goes, as far as that needs to know it. */
type Leaving = { id: number; email: string; emailConfirmedAt: Date | null; username: string }

type NearDeletion = { accountId: number; email: string; deleteAt: Date | null; tokenHash: string }

export type RemovalStore = {
  /**
   * Everything of the account goes but its events, which lose the person; all of it or nothing. False if it isn't due by `dueBy`, is gone,
   * has another address, or is the last operator's.
   */
  removeAccount(of: {
    account: { id: number; email: string; usernameLook: string }
    dueBy: Date | undefined
    usernameKeptUntil: Date
    counted: ReturnType<typeof countedOf>
    mails: QueuedMail[]
    event: SecurityEvent
  }): Promise<boolean>
}

export type DueStore = RemovalStore & {
  /** The longest due first. */
  dueDeletions(dueBy: Date, atMost: number): Promise<Leaving[]>
  /** Due after `now` and by `dueBy`, whose owners have had no mail since `mailedBefore`. */
  nearDeletions(of: { now: Date; dueBy: Date; mailedBefore: Date }, atMost: number): Promise<NearDeletion[]>
  /** In the place of the link that went out before. False if that was used or replaced. */
  remindOfDeletion(of: { former: string; link: MailLink; mail: QueuedMail }): Promise<boolean>
}

export type RemovalDeps = MailDeps & { deletions: RemovalStore; now(): Date }
export type DueDeps = MailDeps & { deletions: DueStore; now(): Date }

/** Deletes an account for good, and tells its owner. `by`: an operator, who doesn't wait until it is due. */
export function removeAccount(
  deps: RemovalDeps,
  account: Leaving,
  { dueBy, by }: { dueBy?: Date; by?: ByOperator & { origin: Origin } },
): Promise<boolean> {
  const { id, email, username } = account
  const now = deps.now()
  const mail = accountDeletedMail({ to: email, at: now, by })
  return deps.deletions.removeAccount({
    account: { id, email, usernameLook: lookOf(username) },
    dueBy,
    usernameKeptUntil: keptUntil(now),
    counted: countedOf({ id, email }),
    mails: receivesNews(deps, account) ? [queuedMail(deps.vault, null, mail, now)] : [],
    event: securityEvent('account_deleted', id, by?.origin ?? NOWHERE, now, null, { by }),
  })
}

/** Deletes the accounts whose time has come. Each is a step of its own; returns how many of `atMost` went. */
export async function* removeDueAccounts(deps: DueDeps, atMost: number): AsyncGenerator<number> {
  const dueBy = deps.now()
  for (const account of await deps.deletions.dueDeletions(dueBy, atMost))
    yield Number(await removeAccount(deps, account, { dueBy }))
}

/** Reminds the owners of accounts that are deleted within a day, once each, with another link to undo it. */
export async function* remindOwners(deps: DueDeps, atMost: number): AsyncGenerator<number> {
  const now = deps.now()
  const of = { now, dueBy: new Date(now.getTime() + DAY), mailedBefore: new Date(now.getTime() - 2 * DAY) }
  for (const { accountId, email, deleteAt, tokenHash } of await deps.deletions.nearDeletions(of, atMost)) {
    if (!deleteAt) continue
    const { token, link } = newLink(deps.vault, { accountId, purpose: 'keep_account' }, now)
    const mail = queuedMail(deps.vault, accountId, deletionNearMail(deps, { to: email, token, deleteAt }), now)
    await deps.deletions.remindOfDeletion({ former: tokenHash, link, mail })
    yield 0
  }
}
