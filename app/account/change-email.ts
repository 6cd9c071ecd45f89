import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import { hashToken } from '../lib/tokens.ts'
import { attemptMails, changeMails, chargeMail, type Forgiven, mailsToNewAddress, type Wait } from '../limits.ts'
import { addressTriedMail, changeEmailMail, emailChangedMail, type MailDeps } from '../mail/account-mails.ts'
import { linkPayload, type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { receivesNews } from '../mail/receivers.ts'
import type { Session } from '../sign-in/session.ts'
import { type ConfirmPasswordDeps, confirmPassword, type Renewal, renewal } from './confirm-password.ts'

export type EmailOwner = { id: number; email: string; emailConfirmedAt: Date | null }

export type ChangeEmailStore = {
  findLink(tokenHash: string, purpose: 'change_email', now: Date): Promise<MailLink | undefined>
  ownerOf(email: string): Promise<EmailOwner | undefined>
  ownerById(accountId: number): Promise<EmailOwner | undefined>
  newestLink(accountId: number, purpose: 'change_email', now: Date): Promise<MailLink | undefined>
  /** In the place of the request before, or beside it `as it was`. Without a link there is none at all. False when the account changed meanwhile. */
  requestEmailChange(of: {
    accountId: number
    securityVersion: number
    renewal: Renewal
    link: MailLink | 'as it was' | undefined
    mails: QueuedMail[]
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
  /**
   * Address, log and mail in one; every other session, pending sign-in, trusted browser and link ends, but for `notMe`. False, and
   * nothing changed, when the account changed since `securityVersion`, the link was used, or the address belongs to another.
   */
  changeEmail(of: {
    accountId: number
    securityVersion: number
    tokenHash: string
    newEmail: string
    now: Date
    renewal: Renewal | undefined
    /** Neither where nobody is to be told. */
    notMe: MailLink | undefined
    mail: QueuedMail | undefined
    event: SecurityEvent
  }): Promise<boolean>
}

export type ChangeEmailDeps = ConfirmPasswordDeps & MailDeps & { emailChanges: ChangeEmailStore }

export type RequestEmailChangeResult =
  | { ok: true; token: string | undefined }
  | { ok: false; reason: 'same_email' | 'wrong_password' | 'changed' }
  | Wait

/**
 * Sends a link to the new address; nothing changes until it is followed. The answer is the same for an address that belongs to
 * somebody, who is told instead, and where the mailbox has had enough of these mails. `newEmail` is normalised.
 */
export async function requestEmailChange(
  deps: ChangeEmailDeps,
  session: Session,
  { password, newEmail }: { password: string; newEmail: string },
  origin: Origin,
): Promise<RequestEmailChangeResult> {
  if (newEmail === session.email) return { ok: false, reason: 'same_email' }
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const charged = await chargeMail(deps, changeMails(session.accountId))
  if (!charged.ok) return charged

  const { accountId, securityVersion } = session
  const at = deps.now()
  const owner = await deps.emailChanges.ownerOf(newEmail)
  const isFull = !(await chargeMail(deps, ...mailsToNewAddress(newEmail))).ok
  const isUntold =
    isFull || (owner && (!receivesNews(deps, owner) || !(await chargeMail(deps, attemptMails(newEmail))).ok))
  // The version goes along: a change of password or second factor ends what somebody else may have begun before it.
  const payload = { newEmail, securityVersion }
  const { token: linkToken, link } = newLink(deps.vault, { accountId, purpose: 'change_email', payload }, at)
  const message = owner
    ? addressTriedMail(deps, { to: newEmail, origin })
    : changeEmailMail(deps, { to: newEmail, token: linkToken, origin })
  const mail = queuedMail(deps.vault, owner?.id ?? accountId, message, at)
  const { token, renewal: renewed } = renewal(session)
  const requested = await deps.emailChanges.requestEmailChange({
    accountId,
    securityVersion,
    renewal: renewed,
    link: isFull ? await mailedBefore(deps, { accountId, newEmail }) : owner ? undefined : link,
    mails: isUntold ? [] : [mail],
    event: securityEvent('email_change_requested', accountId, origin, at),
    forgiven: confirmed.forgiven,
  })
  return requested ? { ok: true, token } : { ok: false, reason: 'changed' }
}

/** A link to the same address that went out before stays good where no further mail does. */
async function mailedBefore(
  { emailChanges, vault, now }: ChangeEmailDeps,
  { accountId, newEmail }: { accountId: number; newEmail: string },
): Promise<'as it was' | undefined> {
  const link = await emailChanges.newestLink(accountId, 'change_email', now())
  return link && linkPayload(vault, link)?.newEmail === newEmail ? 'as it was' : undefined
}

type Requested = { accountId: number; newEmail: string; securityVersion: number }

/** What a link changes, while it is good. To look is not to use. */
export async function emailChangeBehind(
  { emailChanges, vault, now }: ChangeEmailDeps,
  token: string,
): Promise<Requested | undefined> {
  const link = await emailChanges.findLink(hashToken(token), 'change_email', now())
  const { newEmail, securityVersion } = (link && linkPayload(vault, link)) ?? {}
  return link && typeof newEmail === 'string' && typeof securityVersion === 'number'
    ? { accountId: link.accountId, newEmail, securityVersion }
    : undefined
}

export type ChangeEmailResult =
  | { ok: true; token: string | undefined }
  | { ok: false; reason: 'gone' | 'other_account' | 'email_taken' }

/** Uses the link up. `session`: the one of this browser, where there is one; it alone goes on, under a new token. */
export async function changeEmail(
  deps: ChangeEmailDeps,
  token: string,
  session: Session | undefined,
  origin: Origin,
): Promise<ChangeEmailResult> {
  const requested = await emailChangeBehind(deps, token)
  const previous = requested && (await deps.emailChanges.ownerById(requested.accountId))
  if (!previous) return { ok: false, reason: 'gone' }
  const { accountId, newEmail, securityVersion } = requested
  if (session && session.accountId !== accountId) return { ok: false, reason: 'other_account' }

  const now = deps.now()
  const event = securityEvent('email_changed', accountId, origin, now)
  const payload = { kind: 'email_changed', previousEmail: previous.email, eventId: event.id }
  const { token: notMeToken, link: notMe } = newLink(deps.vault, { accountId, purpose: 'not_me', payload }, now)
  const message = emailChangedMail(deps, { to: previous.email, token: notMeToken, newEmail, origin })
  const renewed = session && renewal(session)
  const isTold = receivesNews(deps, previous)
  const changed = await deps.emailChanges.changeEmail({
    accountId,
    securityVersion,
    tokenHash: hashToken(token),
    newEmail,
    now,
    renewal: renewed?.renewal,
    notMe: isTold ? notMe : undefined,
    mail: isTold ? queuedMail(deps.vault, accountId, message, now) : undefined,
    event,
  })
  if (changed) return { ok: true, token: renewed?.token }
  const owner = await deps.emailChanges.ownerOf(newEmail)
  return { ok: false, reason: owner && owner.id !== accountId ? 'email_taken' : 'gone' }
}
