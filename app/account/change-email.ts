import { type ConfirmPasswordDeps, confirmPassword, type Renewal, renewal } from '../identity/fresh-password.ts'
import { changeMails, chargeMail, type Forgiven, mailsToNewAddress, type Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import { changeEmailMail, emailChangedMail, type MailDeps } from '../mail/account-mails.ts'
import { type FormerAddress, leaving, listening, type Openers } from '../mail/former-addresses.ts'
import { linkPayload, type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { receivesNews } from '../mail/receivers.ts'
import { type TakenAddressStore, triedMail } from '../mail/taken-addresses.ts'

export type ChangeEmailStore = TakenAddressStore & {
  findLink(tokenHash: string, purpose: 'change_email', now: Date): Promise<MailLink | undefined>
  /** What a change has to remember about the account. */
  openersOf(accountId: number): Promise<(Openers & { email: string; emailConfirmedAt: Date | null }) | undefined>
  formerAddressesOf(accountId: number, now: Date): Promise<FormerAddress[]>
  newestLink(accountId: number, purpose: 'change_email', now: Date): Promise<MailLink | undefined>
  /** Replaces the previous request, or keeps it `as it was`. Without a link, there is no request. False if the account changed meanwhile. */
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
   * Address, log and mail in one. Every other session, pending sign-in, trusted browser and link ends, except `notMe`. False, and
   * nothing changed, if the account changed since `securityVersion`, the link was used, or the address is another's or kept for one.
   */
  changeEmail(of: {
    accountId: number
    securityVersion: number
    tokenHash: string
    newEmail: string
    now: Date
    renewal: Renewal | undefined
    /** Undefined if nobody has confirmed the address, because it may be a stranger's. */
    former: FormerAddress | undefined
    notMe: MailLink[]
    mails: QueuedMail[]
    event: SecurityEvent
  }): Promise<boolean>
}

export type ChangeEmailDeps = ConfirmPasswordDeps & MailDeps & { emailChanges: ChangeEmailStore }

export type RequestEmailChangeResult =
  | { ok: true; token: string | undefined }
  | { ok: false; reason: 'same_email' | 'wrong_password' | 'changed' }
  | Wait

/**
 * Sends a link to the new address. Nothing changes until somebody follows it. The answer is the same if the address belongs to
 * somebody or is kept for them, who then get a mail instead, or if the mailbox has had enough of these. `newEmail` is normalised.
 */
export async function requestEmailChange(
  deps: ChangeEmailDeps,
  visitor: SignedIn,
  { password, newEmail }: { password: string; newEmail: string },
  origin: Origin,
): Promise<RequestEmailChangeResult> {
  if (newEmail === visitor.account.email) return { ok: false, reason: 'same_email' }
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const charged = await chargeMail(deps, changeMails(visitor.account.id))
  if (!charged.ok) return charged

  const { id: accountId, securityVersion } = visitor.account
  const at = deps.now()
  const holder = await deps.emailChanges.holderOf(newEmail, at)
  const other = holder && holder.id !== accountId ? holder : undefined // an account may take back what it left
  const isFull = !(await chargeMail(deps, ...mailsToNewAddress(newEmail))).ok
  // Includes the version, so a change of password or second factor ends what somebody else may have begun before.
  const payload = { newEmail, securityVersion }
  const { token: linkToken, link } = newLink(deps.vault, { accountId, purpose: 'change_email', payload }, at)
  const mail = isFull
    ? undefined
    : other
      ? await triedMail(deps, { to: newEmail, holder: other, origin, now: at })
      : queuedMail(deps.vault, accountId, changeEmailMail(deps, { to: newEmail, token: linkToken, origin }), at)
  const { token, renewal: renewed } = renewal(visitor)
  const requested = await deps.emailChanges.requestEmailChange({
    accountId,
    securityVersion,
    renewal: renewed,
    link: isFull ? await mailedBefore(deps, { accountId, newEmail }) : other ? undefined : link,
    mails: mail ? [mail] : [],
    event: securityEvent('email_change_requested', accountId, origin, at),
    forgiven: confirmed.forgiven,
  })
  return requested ? { ok: true, token } : { ok: false, reason: 'changed' }
}

/** If no further mail goes out, an earlier link to the same address stays good. */
async function mailedBefore(
  { emailChanges, vault, now }: ChangeEmailDeps,
  { accountId, newEmail }: { accountId: number; newEmail: string },
): Promise<'as it was' | undefined> {
  const link = await emailChanges.newestLink(accountId, 'change_email', now())
  return link && linkPayload(vault, link)?.newEmail === newEmail ? 'as it was' : undefined
}

type Requested = { accountId: number; newEmail: string; securityVersion: number }

/** What a link changes, while it works. Looking doesn't use it up. */
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

/** Uses the link up. `visitor` is who this browser is signed in for, if anybody. Only that session goes on, under a new token. */
export async function changeEmail(
  deps: ChangeEmailDeps,
  token: string,
  visitor: SignedIn | undefined,
  origin: Origin,
): Promise<ChangeEmailResult> {
  const requested = await emailChangeBehind(deps, token)
  const before = requested && (await deps.emailChanges.openersOf(requested.accountId))
  if (!before) return { ok: false, reason: 'gone' }
  const { accountId, newEmail, securityVersion } = requested
  if (visitor && visitor.account.id !== accountId) return { ok: false, reason: 'other_account' }

  const now = deps.now()
  const event = securityEvent('email_changed', accountId, origin, now)
  const earlier = await deps.emailChanges.formerAddressesOf(accountId, now)
  const former = receivesNews(deps, before)
    ? leaving({ accountId, email: before.email }, before, earlier, now)
    : undefined
  const told = listening(former ? [...earlier, former] : earlier, newEmail).map((each) => {
    const payload = { kind: 'email_changed', mailbox: each.email, former: each.id, eventId: event.id }
    const { token, link } = newLink(deps.vault, { accountId, purpose: 'not_me', payload }, former?.leftAt ?? now)
    return { link, message: emailChangedMail(deps, { to: each.email, token, newEmail, origin }) }
  })
  const renewed = visitor && renewal(visitor)
  const changed = await deps.emailChanges.changeEmail({
    accountId,
    securityVersion,
    tokenHash: hashToken(token),
    newEmail,
    now,
    renewal: renewed?.renewal,
    former,
    notMe: told.map(({ link }) => link),
    mails: told.map(({ message }) => queuedMail(deps.vault, accountId, message, now)),
    event,
  })
  if (changed) return { ok: true, token: renewed?.token }
  const holder = await deps.emailChanges.holderOf(newEmail, now)
  return { ok: false, reason: holder && holder.id !== accountId ? 'email_taken' : 'gone' }
}
