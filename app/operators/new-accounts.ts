import { type Name, type UsernameStore, withUsername } from '../account/usernames.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type EmailAddress, readEmailAddress } from '../lib/email-address.ts'
import { NO_PASSWORD } from '../lib/passwords.ts'
import { newAccountId } from '../lib/tokens.ts'
import { accountMadeMail, type MailDeps } from '../mail/account-mails.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import type { Acting } from './acting.ts'

export type MadeAccount = Name & {
  id: number
  email: string
  emailConfirmedAt: Date
  role: 'member' | 'operator'
  passwordHash: string
  passwordChangedAt: Date
  securityVersion: number
  createdAt: Date
}

export type NewAccountStore = {
  /** All of it or none. False if the address or the username is somebody's, or kept for somebody. */
  makeAccount(of: { account: MadeAccount; link: MailLink; mail: QueuedMail; events: SecurityEvent[] }): Promise<boolean>
}

export type NewAccountDeps = Pick<MailDeps, 'vault' | 'baseUrl'> & {
  newAccounts: NewAccountStore
  usernames: UsernameStore
  now(): Date
}

export type NewAccountResult =
  | { ok: true; email: string; username: string }
  | Exclude<EmailAddress, { ok: true }>
  | { ok: false; reason: 'email_taken' }

/**
 * Makes an account without a password. Its owner sets one by the link in a mail, and nobody gets in before: so whoever does has
 * read that mailbox, and the address counts as confirmed.
 */
export async function createAccount(
  deps: NewAccountDeps,
  { email: typed, role = 'member' }: { email: string; role?: 'member' | 'operator' },
  by: Acting,
): Promise<NewAccountResult> {
  const read = readEmailAddress(typed)
  if (!read.ok) return read
  const { email } = read
  const now = deps.now()
  const id = newAccountId()
  const { token, link } = newLink(deps.vault, { accountId: id, purpose: 'reset_password' }, now)
  const account = {
    ...{ id, email, role, emailConfirmedAt: now, createdAt: now },
    ...{ passwordHash: NO_PASSWORD, passwordChangedAt: now, securityVersion: 1 },
  }
  const mail = queuedMail(deps.vault, id, accountMadeMail(deps, { to: email, token }), now)
  const kinds = role === 'operator' ? (['signed_up', 'operator_added'] as const) : (['signed_up'] as const)
  const events = kinds.map((kind) => securityEvent(kind, id, by.origin, now, null, { by }))
  let username = ''
  const made = await withUsername(deps, email, (name) => {
    username = name.username
    return deps.newAccounts.makeAccount({ account: { ...account, ...name }, link, mail, events })
  })
  return made ? { ok: true, email, username } : { ok: false, reason: 'email_taken' }
}
