import { type ConfirmPasswordDeps, type ConfirmPasswordResult, confirmPassword } from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { deletionMail, type MailDeps } from '../mail/account-mails.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { receivesNews } from '../mail/receivers.ts'
import { deletionDue } from './deletions.ts'

export type DeleteAccountStore = {
  /** Every session and half-done sign-in ends. False, and nothing changed, if the account changed since `securityVersion`, or is the last operator's. */
  requestDeletion(of: {
    accountId: number
    securityVersion: number
    deleteAt: Date
    link: MailLink | undefined
    mails: QueuedMail[]
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
  isLastOperator(accountId: number): Promise<boolean>
}

export type DeleteAccountDeps = ConfirmPasswordDeps & MailDeps & { deletions: DeleteAccountStore }

export type DeleteAccountRefused =
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | { ok: false; reason: 'changed' | 'last_operator' }

/**
 * Plans the deletion of the visitor's own account, and closes it until then: signed out everywhere, and access tokens stop. A complete
 * sign-in takes it back, and so does the link in the mail that goes out at once.
 */
export async function requestDeletion(
  deps: DeleteAccountDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<{ ok: true } | DeleteAccountRefused> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const at = deps.now()
  const deleteAt = deletionDue(at)
  const { id: accountId, email, securityVersion } = visitor.account
  const { token, link } = newLink(deps.vault, { accountId, purpose: 'keep_account' }, at)
  const mail = deletionMail(deps, { to: email, token, origin, deleteAt })
  const isTold = receivesNews(deps, visitor.account)
  const requested = await deps.deletions.requestDeletion({
    accountId,
    securityVersion,
    deleteAt,
    link: isTold ? link : undefined,
    mails: isTold ? [queuedMail(deps.vault, accountId, mail, at)] : [],
    event: securityEvent('deletion_requested', accountId, origin, at),
    forgiven: confirmed.forgiven,
  })
  if (requested) return { ok: true }
  return { ok: false, reason: (await deps.deletions.isLastOperator(accountId)) ? 'last_operator' : 'changed' }
}
