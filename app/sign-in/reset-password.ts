import { knownAs } from '../identity/known-browsers.ts'
import {
  charge,
  chargeMail,
  type Forgiven,
  type LimitDeps,
  passwordAttempts,
  resetMails,
  type Wait,
  whileCharged,
} from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { hashIfStrong, type NewPasswordDeps, type WeakPassword } from '../lib/new-password.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, newAccountId } from '../lib/tokens.ts'
import { type MailDeps, resetPasswordMail } from '../mail/account-mails.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'

type Request = { link: MailLink; mail: QueuedMail; event: SecurityEvent }

export type ResetPasswordStore = {
  findLink(tokenHash: string, purpose: 'reset_password', now: Date): Promise<MailLink | undefined>
  ownerOf(email: string): Promise<{ id: number; email: string } | undefined>
  namesOf(accountId: number): Promise<{ email: string; username: string } | undefined>
  /** Replaces the link that went out before. */
  requestReset(of: Request): Promise<void>
  /** The same work for an account that doesn't exist. Keeps nothing of it. */
  rehearseReset(of: Request & { email: string }): Promise<void>
  /**
   * Password, log and the end of everything open, in one. `forgivenBeginnings` begin the keys of the limits to clear.
   * False, and nothing changed, if the link was used or replaced meanwhile.
   */
  resetPassword(of: {
    accountId: number
    tokenHash: string
    passwordHash: string
    /** Hashes of what the browser holds. Others are forgotten. */
    knownBy: string[]
    now: Date
    event: SecurityEvent
    /**
     * Written if the address was never confirmed before: if someone else registered it, they lose the access tokens they
     * made. The owner of the mailbox may allow them again.
     */
    frozen: SecurityEvent
    forgivenBeginnings: string[]
    forgiven: Forgiven
  }): Promise<boolean>
}

export type ResetPasswordDeps = LimitDeps & NewPasswordDeps & MailDeps & { passwordResets: ResetPasswordStore }

/**
 * Mails a link to the address if it is an account's, at most three times an hour. The answer and the work are the same whether
 * the account exists or not. `email` is normalised.
 */
export async function requestReset(
  deps: ResetPasswordDeps,
  email: string,
  origin: Origin,
): Promise<{ ok: true } | Wait> {
  const charged = await charge(deps, origin.address)
  if (!charged.ok) return charged
  const mailed = await chargeMail(deps, resetMails(email))
  const account = await deps.passwordResets.ownerOf(email)
  if (!mailed.ok) return { ok: true }

  const now = deps.now()
  const accountId = account?.id ?? newAccountId()
  const { token, link } = newLink(deps.vault, { accountId, purpose: 'reset_password' }, now)
  const mail = queuedMail(deps.vault, accountId, resetPasswordMail(deps, { to: email, token, origin }), now)
  const event = securityEvent('password_reset_requested', accountId, origin, now)
  if (account) await deps.passwordResets.requestReset({ link, mail, event })
  else await deps.passwordResets.rehearseReset({ link, mail, event, email })
  return { ok: true }
}

/** Whose password a link resets, while it works. Looking doesn't use it up. */
export async function resetBehind(
  { passwordResets, now }: ResetPasswordDeps,
  token: string,
): Promise<{ accountId: number; email: string; username: string } | undefined> {
  const link = await passwordResets.findLink(hashToken(token), 'reset_password', now())
  if (!link) return undefined
  const names = await passwordResets.namesOf(link.accountId)
  return names && { accountId: link.accountId, ...names }
}

export type ResetPasswordResult =
  | { ok: true }
  | { ok: false; reason: 'gone' }
  /** The link stays good. */
  | WeakPassword
  | Wait

/**
 * Uses the link up and sets the password. Signs nobody in, and leaves the second factor as it is: a mailbox is one factor, not
 * two. `held` is what this browser is known by. Others are forgotten.
 */
export async function resetPassword(
  deps: ResetPasswordDeps,
  token: string,
  password: string,
  origin: Origin,
  held: string[] = [],
): Promise<ResetPasswordResult> {
  const found = await resetBehind(deps, token)
  if (!found) return { ok: false, reason: 'gone' }
  const { accountId, email, username } = found
  const charged = await charge(deps, origin.address)
  if (!charged.ok) return charged
  const judged = await whileCharged(deps, charged, () => hashIfStrong(deps, password, email, origin.address))
  if (!judged.ok) return judged

  const { passwordHash } = judged
  const now = deps.now()
  const reset = await deps.passwordResets.resetPassword({
    accountId,
    tokenHash: hashToken(token),
    passwordHash,
    knownBy: knownAs({ client: 'browser', held, origin }),
    now,
    event: securityEvent('password_reset', accountId, origin, now),
    frozen: securityEvent('tokens_frozen', accountId, origin, now),
    forgivenBeginnings: [email, username].map(passwordAttempts), // guesses count for the name that was typed
    forgiven: charged.forgiven,
  })
  return reset ? { ok: true } : { ok: false, reason: 'gone' }
}
