import { confirmation } from '../account/confirm-email.ts'
import { type UsernameStore, withUsername } from '../account/usernames.ts'
import { type KnownBrowser, remembered } from '../identity/known-browsers.ts'
import { charge, type LimitDeps, type Wait, whileCharged } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import { hashIfStrong, type NewPasswordDeps, type WeakPassword } from '../lib/new-password.ts'
import type { Origin } from '../lib/origin.ts'
import { newAccountId } from '../lib/tokens.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import type { MailLink } from '../mail/links.ts'
import type { QueuedMail } from '../mail/mail.ts'
import { type TakenAddressStore, triedMail } from '../mail/taken-addresses.ts'

export type NewAccount = {
  id: number
  email: string
  username: string
  usernameLook: string
  passwordHash: string
  passwordChangedAt: Date
  securityVersion: number
  createdAt: Date
}

export type SignUpStore = TakenAddressStore & {
  /**
   * Account, session where it is signed in, link, mail and events, all of it or none. False when the email or the username has an
   * account already, which stays as it is, or is kept for one that left it.
   */
  signUp(of: {
    account: NewAccount
    session: NewSession | undefined
    link: MailLink
    mail: QueuedMail
    events: SecurityEvent[]
    /** Where a session begins, the browser is known from then on. */
    known: KnownBrowser | undefined
  }): Promise<boolean>
  queueMail(mail: QueuedMail): Promise<void>
}

export type SignUpDeps = LimitDeps &
  NewPasswordDeps &
  MailDeps & {
    accounts: SignUpStore
    usernames: UsernameStore
    sessionLifetime: number
    signUps: SignUps
  }

/** Who may make an account: anyone, those with an invitation, or nobody. */
export type SignUps = 'open' | 'invited' | 'closed'

export type SignUpResult =
  | { ok: true; step: 'signed_in'; token: string; holds: { known: string | undefined } }
  /** The mailbox says more. This is the same whether an account was made or there was one. */
  | { ok: true; step: 'check_mail' }
  | WeakPassword
  | { ok: false; reason: 'email_taken' }
  | { ok: false; reason: NotOpen }
  | Wait

export type NotOpen = 'invitation_needed' | 'sign_ups_closed'

/** Why nobody can make an account here without more than a form; undefined where anyone can. */
export function notOpen({ signUps }: Pick<SignUpDeps, 'signUps'>): NotOpen | undefined {
  if (signUps === 'open') return undefined
  return signUps === 'invited' ? 'invitation_needed' : 'sign_ups_closed'
}

/**
 * Makes an account. If mail reaches people, nobody learns here whether the address had one, and its owner hears about it by mail.
 * If not, the account is signed in at once, and a taken address is refused. `email` is in its stored form.
 */
export async function signUp(
  deps: SignUpDeps,
  { email, password }: { email: string; password: string },
  origin: Origin,
): Promise<SignUpResult> {
  const reason = notOpen(deps)
  if (reason) return { ok: false, reason }
  // Not given back on success, so one address can't make endless accounts.
  const charged = await charge(deps, origin.address)
  if (!charged.ok) return charged
  const judged = await whileCharged(deps, charged, () => hashIfStrong(deps, password, email, origin.address))
  if (!judged.ok) return judged

  const { passwordHash } = judged
  const now = deps.now()
  const account = {
    id: newAccountId(),
    email,
    passwordHash,
    passwordChangedAt: now,
    securityVersion: 1,
    createdAt: now,
  }
  const event = securityEvent('signed_up', account.id, origin, now)
  const confirm = confirmation(deps, account, origin, now)
  if (deps.mailDelivery.configured) {
    const nobody = { session: undefined, known: undefined } // is signed in yet
    const made = await withUsername(deps, email, (name) =>
      deps.accounts.signUp({ account: { ...account, ...name }, ...nobody, ...confirm, events: [event] }),
    )
    if (!made) await tellHolder(deps, email, origin, now)
    return { ok: true, step: 'check_mail' }
  }

  const { token, session } = newSession(
    { accountId: account.id, client: 'browser', method: 'password' },
    origin,
    now,
    deps.sessionLifetime,
  )
  const events = [event, securityEvent('signed_in', account.id, origin, now, 'password')]
  const known = remembered({ client: 'browser', held: [], origin }, account.id, { knownBrowser: null }, now)
  const made = await withUsername(deps, email, (name) =>
    deps.accounts.signUp({
      account: { ...account, ...name },
      session,
      ...confirm,
      events,
      known: known.browser,
    }),
  )
  return made
    ? { ok: true, step: 'signed_in', token, holds: { known: known.token } }
    : { ok: false, reason: 'email_taken' }
}

/** At most once an hour, and not where the address may be another's: the confirmation that went there says what to do. */
async function tellHolder(deps: SignUpDeps, email: string, origin: Origin, now: Date) {
  const holder = await deps.accounts.holderOf(email, now)
  const mail = holder && (await triedMail(deps, { to: email, holder, origin, now }))
  if (mail) await deps.accounts.queueMail(mail)
}
