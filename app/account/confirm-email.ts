import { chargeMail, confirmationMails, type LimitDeps, type Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import { confirmEmailMail, type MailDeps } from '../mail/account-mails.ts'
import { linkPayload, type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'

export type ConfirmEmailStore = {
  findLink(tokenHash: string, purpose: 'confirm_email', now: Date): Promise<MailLink | undefined>
  /** In the place of the link that went out before. False when the account changed since `securityVersion`. */
  sendConfirmation(of: {
    accountId: number
    securityVersion: number
    link: MailLink
    mail: QueuedMail
  }): Promise<boolean>
  /** False if the link was used or replaced meanwhile, or if the account's address has changed. */
  confirmEmail(of: {
    accountId: number
    email: string
    tokenHash: string
    now: Date
    event: SecurityEvent
  }): Promise<boolean>
}

export type ConfirmEmailDeps = LimitDeps & MailDeps & { emailConfirmations: ConfirmEmailStore }

/** The link that proves that an address is its owner's, and the mail that brings it there. For this address alone. */
export function confirmation(
  deps: MailDeps,
  { id, email }: { id: number; email: string },
  origin: Origin,
  now: Date,
): { link: MailLink; mail: QueuedMail } {
  const { token, link } = newLink(deps.vault, { accountId: id, purpose: 'confirm_email', payload: { email } }, now)
  return { link, mail: queuedMail(deps.vault, id, confirmEmailMail(deps, { to: email, token, origin }), now) }
}

/** Once a minute, and five times an hour. */
export async function sendConfirmation(
  deps: ConfirmEmailDeps,
  { account }: SignedIn,
  origin: Origin,
): Promise<{ ok: true } | { ok: false; reason: 'confirmed_already' | 'changed' } | Wait> {
  const { id: accountId, email, emailConfirmedAt, securityVersion } = account
  if (emailConfirmedAt) return { ok: false, reason: 'confirmed_already' }
  const charged = await chargeMail(deps, ...confirmationMails(accountId))
  if (!charged.ok) return charged
  const { link, mail } = confirmation(deps, { id: accountId, email }, origin, deps.now())
  const sent = await deps.emailConfirmations.sendConfirmation({ accountId, securityVersion, link, mail })
  return sent ? { ok: true } : { ok: false, reason: 'changed' }
}

/** Whose link it is and the address it is for, while it is good. To look is not to use. */
export async function confirmationBehind(
  { emailConfirmations, vault, now }: ConfirmEmailDeps,
  token: string,
): Promise<{ accountId: number; email: string } | undefined> {
  const link = await emailConfirmations.findLink(hashToken(token), 'confirm_email', now())
  if (!link) return undefined
  const email = linkPayload(vault, link)?.email
  return typeof email === 'string' ? { accountId: link.accountId, email } : undefined
}

/** Uses the link up. `signedInAs`: the account of this browser, which has to be the link's own, where there is one. */
export async function confirmEmail(
  deps: ConfirmEmailDeps,
  token: string,
  signedInAs: number | undefined,
  origin: Origin,
): Promise<{ ok: true } | { ok: false; reason: 'gone' | 'other_account' }> {
  const found = await confirmationBehind(deps, token)
  if (!found) return { ok: false, reason: 'gone' }
  const { accountId, email } = found
  if (signedInAs !== undefined && signedInAs !== accountId) return { ok: false, reason: 'other_account' }
  const now = deps.now()
  const event = securityEvent('email_confirmed', accountId, origin, now)
  const confirmed = await deps.emailConfirmations.confirmEmail({
    accountId,
    email,
    tokenHash: hashToken(token),
    now,
    event,
  })
  return confirmed ? { ok: true } : { ok: false, reason: 'gone' }
}
